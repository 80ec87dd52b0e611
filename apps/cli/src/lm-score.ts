import { surprisals } from '@ostinato/language-model';
import { bitsPerCharacter, perplexity } from '@ostinato/metrics';
import { startRuntime } from '@ostinato/runtime';
import { count, duration, figure, plural, replacedNote } from './format.ts';
import { readText } from './language-model-text.ts';
import { ngramScorer } from './lm-baseline.ts';
import type { LmScoreOptions } from './lm-score-options.ts';
import { crossFitted, mixedNats, mixtureNote } from './mixture.ts';
import { readModel } from './model-directory.ts';
import { readTokenNgrams } from './ngram-file.ts';
import type { Reporter } from './reporter.ts';
import { surprisalOptions } from './surprisal-options.ts';
import { tokenPlaces, tokenRows } from './token-rows.ts';
import { UserError } from './user-error.ts';

/** `ostinato lm score`: how well a saved model predicts a text, each token from all those before it. */
export async function scoreText(
  folder: string,
  files: readonly string[],
  options: LmScoreOptions,
  reporter: Reporter,
): Promise<number> {
  await startRuntime();
  const loaded = await readModel(folder);
  const { config, tokenizer, model, params } = loaded;
  const { validFraction, interpolate, weight, perToken = false, json = false } = options;
  const ngrams = interpolate === undefined ? undefined : await readTokenNgrams(interpolate, tokenizer);
  const part = validFraction === undefined ? undefined : { validFraction, level: config.level };
  const text = await readText(files, tokenizer, reporter, part);
  try {
    if (text.length === 0) throw new UserError(`${files.join(', ')}: there is no token to score in it.`);
    if (text.replaced > 0) reporter.note(replacedNote(text.replaced));
    const how = await surprisalOptions(folder, loaded, options, reporter);
    const places = perToken ? tokenPlaces(text.parts()) : undefined;
    const write = places && tokenRows(places, reporter, json);
    const second = ngrams && ngramScorer(ngrams);
    // Kept to find weights on; otherwise sums will do.
    const kept = ngrams && weight === undefined ? twoColumns(text.length) : undefined;
    const total = { recurrent: 0, ngram: 0, mixture: 0 };
    const started = performance.now();
    for await (const { start, tokenIds, nats } of surprisals(model, params, text, how)) {
      const shown = nats.slice();
      tokenIds.forEach((id, i) => {
        total.recurrent += nats[i]!;
        if (!second) return;
        const own = second(id);
        total.ngram += own;
        kept?.recurrent.fill(nats[i]!, start + i, start + i + 1);
        kept?.ngram.fill(own, start + i, start + i + 1);
        if (weight !== undefined) total.mixture += shown[i] = mixedNats(weight, nats[i]!, own);
      });
      if (write) await write(shown, (i) => tokenIds[i] === tokenizer.unknownId);
      else reporter.progress({ fraction: (start + nats.length) / text.length, text: 'scoring' });
    }
    reporter.finish();
    if (!Number.isFinite(total.recurrent) && options.dynamic !== undefined) {
      throw new UserError(
        `--dynamic ${options.dynamic}: the model diverged as it went on. Give a lower rate.`,
      );
    }
    const seconds = (performance.now() - started) / 1000;
    const figures = (totalNats: number) => ({
      loss: totalNats / text.length,
      perplexity: perplexity({ totalNats, tokens: text.length }),
      bitsPerCharacter: bitsPerCharacter({ totalNats, characters: text.characters }),
    });
    const fitted = kept && crossFitted(kept);
    const mixture = ngrams && {
      ngram: { order: ngrams.order, ...figures(total.ngram) },
      mixture: {
        weights: fitted?.weights ?? [weight!],
        ...figures(fitted?.totalNats ?? total.mixture),
      },
    };
    const result = {
      ...figures(total.recurrent),
      ...mixture,
      tokens: text.length,
      unknown: text.unknown,
      replaced: text.replaced,
      tokensPerSecond: text.length / seconds,
      seconds,
    };
    const { tokens, unknown, tokensPerSecond } = result;
    reporter.result(result, [
      ...(mixture
        ? [
            line(result, config.model.cell),
            line(mixture.ngram, `${mixture.ngram.order}-gram`),
            line(mixture.mixture, 'mixture'),
            `Weight of the n-grams in the mixture: ${mixtureNote(mixture.mixture.weights)}.`,
          ]
        : [line(result)]),
      `${plural(tokens, 'token')}, ${count(unknown)} of them unknown, in ${duration(seconds)} at ${count(tokensPerSecond)} tokens/s.`,
    ]);
    return 0;
  } finally {
    reporter.finish();
    await text.close();
  }
}

function line(
  { loss, perplexity, bitsPerCharacter }: { loss: number; perplexity: number; bitsPerCharacter: number },
  name = '',
): string {
  return `${name.padEnd(name === '' ? 0 : 9)}${figure(loss)} nats per token   perplexity ${figure(perplexity, 2)}   ${figure(bitsPerCharacter)} bits per character`;
}

function twoColumns(length: number) {
  return { recurrent: new Float32Array(length), ngram: new Float32Array(length) };
}
