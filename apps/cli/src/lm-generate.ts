import { setImmediate } from 'node:timers/promises';
import { generate } from '@ostinato/language-model';
import { createRng, startRuntime } from '@ostinato/runtime';
import { unknownNote } from './format.ts';
import { interruptible } from './interruptible.ts';
import { readModel } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { startIdOf } from './tokenizer-file.ts';

export interface GenerateOptions {
  prompt: string;
  tokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  seed: number;
  json?: boolean;
}

/** `ostinato lm generate`: writes on from a prompt. The text appears as it is made; Ctrl-C ends it after a whole token. */
export async function generateText(
  folder: string,
  options: GenerateOptions,
  reporter: Reporter,
): Promise<number> {
  await startRuntime();
  const { config, tokenizer, model, params } = await readModel(folder);
  const startId = startIdOf(tokenizer, folder);
  const { prompt, tokens: wanted, temperature, topK, topP, seed, json } = options;
  const ids = tokenizer.encode(prompt, { readSpecialTokens: false });
  const unknown = tokenizer.countUnknown(ids);
  if (unknown > 0) reporter.note(unknownNote(unknown, ids.length, 'prompt'));

  const decoder = tokenizer.streamDecoder();
  let text = '';
  const write = (piece: string) => {
    text += piece;
    return reporter.write(piece);
  };
  const started = performance.now();
  // The prompt as it was typed, unknown tokens and all.
  for (const id of ids) decoder.push(id);
  await write(prompt);
  const spaced = config.level === 'word' && /\s$/.test(prompt);
  let tokens = 0;
  const sampling = {
    temperature,
    // A token that is not text says nothing to a reader.
    exclude: tokenizer.vocabulary.tokens.flatMap((_, id) =>
      tokenizer.isSpecial(id) || id === tokenizer.unknownId ? [id] : [],
    ),
    ...(topK && { topK }),
    ...(topP && { topP }),
  };
  const interruption = interruptible(reporter);
  const { signal } = interruption;
  for (const id of generate(model, params, {
    ...sampling,
    prompt: [startId, ...ids],
    rng: createRng(seed),
  })) {
    const piece = decoder.push(id);
    await write(spaced && tokens === 0 ? piece.replace(/^ /, '') : piece);
    // Where writing does not wait for anybody, Ctrl-C would not be heard.
    await setImmediate();
    if (++tokens === wanted || signal.aborted) break;
  }
  interruption.end();
  await write(decoder.end());
  const seconds = (performance.now() - started) / 1000;
  if (json) reporter.result({ text, tokens, seed, tokensPerSecond: tokens / seconds, seconds }, []);
  else if (!text.endsWith('\n')) await reporter.write('\n');
  return interruption.status();
}
