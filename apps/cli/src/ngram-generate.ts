import { generate } from '@ostinato/ngram';
import { createRng } from '@ostinato/runtime';
import { unknownNote } from './format.ts';
import type { GenerateOptions } from './lm-generate.ts';
import { readNgramModel } from './ngram-file.ts';
import { levelOf, promptTokens, unspell } from './ngram-text.ts';
import type { Reporter } from './reporter.ts';

/** `ostinato ngram generate`: sentences from an n-gram model, the first one beginning with the prompt. */
export async function generateNgrams(
  path: string,
  options: GenerateOptions,
  reporter: Reporter,
): Promise<number> {
  const model = await readNgramModel(path);
  const { vocabulary } = model;
  const level = levelOf(vocabulary);
  const rng = createRng(options.seed);
  const sampling = {
    random: () => rng.uniform(),
    temperature: options.temperature,
    ...(options.topK && { topK: options.topK }),
    ...(options.topP && { topP: options.topP }),
  };

  let text = '';
  let atStart = true;
  const write = (piece: string) => {
    text += piece;
    return reporter.write(piece);
  };
  const put = (token: string) => {
    const piece = level === 'char' ? unspell(token) : atStart ? token : ` ${token}`;
    atStart = false;
    return write(piece);
  };

  const started = performance.now();
  let prompt = promptTokens(options.prompt, level);
  const unknown = prompt.filter((token) => !vocabulary.has(token)).length;
  if (unknown > 0) reporter.note(unknownNote(unknown, prompt.length, 'prompt'));
  for (const token of prompt) await put(token);
  let tokens = 0;
  while (tokens < options.tokens) {
    const ids = prompt.map((token) => vocabulary.id(token)!);
    let written = 0;
    for (const id of generate(model, { ...sampling, prompt: ids, maxTokens: options.tokens - tokens })) {
      await put(vocabulary.token(id));
      written++;
    }
    // The end of a sentence is a token too, so that empty sentences come to an end.
    tokens += written + 1;
    if (tokens < options.tokens) await write('\n');
    atStart = true;
    prompt = [];
  }
  const seconds = (performance.now() - started) / 1000;
  const { seed } = options;
  if (options.json)
    reporter.result(
      { text, tokens: options.tokens, seed, tokensPerSecond: options.tokens / seconds, seconds },
      [],
    );
  else if (!text.endsWith('\n')) await reporter.write('\n');
  return 0;
}
