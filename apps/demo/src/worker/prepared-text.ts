import { countNgrams, fallbackDiscount, kneserNey, scoreStream } from '@ostinato/ngram';
import { type Tokenizer, trainCharacterTokenizer } from '@ostinato/tokenizers';
import { characterStart, type LearnedText } from './learned-text.ts';

/** A text as token ids, cut in what is learned and what is held out, and what an n-gram model makes of it. */
export interface PreparedText extends LearnedText {
  tokenizer: Tokenizer;
  training: Int32Array;
  heldOut: Int32Array;
  /** The first of the held-out tokens: what both models are scored on. */
  scored: Int32Array;
  baseline: { order: number; loss: number };
  /** SHA-256 of the text; undefined where the browser gives none. */
  digest: string | undefined;
}

const order = 5;
/** What spells a special token is text like any other. */
export const asText = { readSpecialTokens: false };
const scoredTokens = 8192;

/**
 * Holds out the last tenth, makes a tokenizer of the characters before it, and estimates a Kneser-Ney model from the
 * same tokens.
 *
 * @param tokenizer of a model that has learned already; it stays as it is
 */
export async function prepareText(learned: LearnedText, tokenizer?: Tokenizer): Promise<PreparedText> {
  const { text } = learned;
  const cut = characterStart(text, Math.floor(0.9 * text.length));
  const characters = tokenizer ?? (await trainCharacterTokenizer(text.slice(0, cut)));
  const training = characters.encode(text.slice(0, cut), asText);
  const heldOut = characters.encode(text.slice(cut), asText);
  const scored = heldOut.subarray(0, scoredTokens);

  const counts = await countNgrams([training], { order, vocabulary: { size: characters.vocabulary.size } });
  const baseline = kneserNey(counts, { fallback: fallbackDiscount });
  const { totalNats, tokens } = await scoreStream(baseline, [scored]);
  return {
    ...learned,
    tokenizer: characters,
    training,
    heldOut,
    scored,
    baseline: { order, loss: totalNats / tokens },
    digest: await digest(text),
  };
}

/** Browsers offer `crypto.subtle` on https and on localhost only. */
async function digest(text: string): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
