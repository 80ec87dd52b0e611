import { bpttWindows, memoryTokens } from '@ostinato/data';
import { languageModel } from '@ostinato/language-model';
import { perplexity } from '@ostinato/metrics';
import { countNgrams, fallbackDiscount, kneserNey, scoreStream } from '@ostinato/ngram';
import { createRng, startRuntime } from '@ostinato/runtime';
import { trainCharacterTokenizer } from '@ostinato/tokenizers';
import { adam, chain, clipByGlobalNorm, fit, startTraining } from '@ostinato/training';

const text = 'round and round the river runs, and round the ring the runner runs. '.repeat(30);

/** Ten steps of a small language model, and the n-gram model of the same text. */
export async function train() {
  const runtime = await startRuntime();
  const tokenizer = await trainCharacterTokenizer([text]);
  const { startId } = tokenizer;
  if (startId === undefined) throw new Error('a trained tokenizer has a token to begin with');
  const { size: vocabularySize } = tokenizer.vocabulary;
  const tokens = tokenizer.encode(text);

  const counts = await countNgrams([tokens], { order: 3, vocabulary: { size: vocabularySize } });
  const ngrams = kneserNey(counts, { fallback: fallbackDiscount });
  const baseline = perplexity(await scoreStream(ngrams, [tokens]));

  const sizes = { vocabularySize, embeddingSize: 16, hiddenSize: 32, layers: 1 };
  const model = languageModel({ cell: 'lstm', dropout: 0.1, ...sizes });
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.02 }));
  const state = startTraining(model.init(createRng(1)), optimizer, createRng(2));
  const batches = {
    async *open() {
      const options = { batchSize: 8, windowLength: 25, startId };
      for await (const batch of bpttWindows(memoryTokens(tokens), options)) {
        const { index, cursor, time } = batch;
        yield { batch, tokens: 8 * time, cursor, fraction: (index + 1) / 11, fresh: index === 0 };
      }
    },
  };
  const losses = [];
  for await (const event of fit({ state, loss: model.loss, optimizer, batches, budget: { steps: 10 } })) {
    if (event.type === 'step') losses.push(event.loss);
  }
  return { runtime, losses, baseline };
}
