import { encodeSentences, splitSentences, type Vocabulary } from '@ostinato/ngram';

export type Level = 'char' | 'word';

/**
 * A text as the n-gram commands see it: words, one sentence per line between `<s>` and `</s>` as KenLM has it; or
 * characters, the whole text as one sentence. Words spelled as the special tokens are skipped, like white space.
 *
 * @param grow whether new tokens enter the vocabulary (to train) or are unknown (to score)
 */
export function encodeText(
  text: AsyncIterable<string>,
  level: Level,
  vocabulary: Vocabulary<string>,
  { grow }: { grow: boolean },
): AsyncGenerator<Int32Array> {
  return level === 'word'
    ? encodeSentences(splitSentences(text), vocabulary, { grow, specialTokens: 'skip' })
    : encodeCharacters(text, vocabulary, grow);
}

async function* encodeCharacters(text: AsyncIterable<string>, vocabulary: Vocabulary<string>, grow: boolean) {
  const id = (character: string) =>
    grow ? vocabulary.add(spell(character)) : vocabulary.id(spell(character))!;
  yield Int32Array.of(vocabulary.begin!);
  for await (const chunk of text) yield Int32Array.from(Array.from(chunk, id));
  if (grow) vocabulary.add(spell('\n')); // what `levelOf` knows a model of characters by
  yield Int32Array.of(vocabulary.end!);
}

/** The tokens of a prompt. */
export function promptTokens(prompt: string, level: Level): string[] {
  return level === 'word' ? prompt.split(/\s+/).filter((word) => word !== '') : Array.from(prompt, spell);
}

/** A character as a token of an ARPA file, which can hold no white space: `<U+0020>`. */
function spell(character: string): string {
  if (!/[\s\0]/u.test(character)) return character;
  return `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The character that `spell` was given. */
export function unspell(token: string): string {
  const code = /^<U\+([0-9A-F]{4,6})>$/.exec(token)?.[1];
  return code === undefined ? token : String.fromCodePoint(Number.parseInt(code, 16));
}

/**
 * Whether a model is of characters: every token but the special ones is one character, or spelled as one, and some
 * are spelled (a model of words may well have but short ones).
 */
export function levelOf(vocabulary: Vocabulary<string>): Level {
  const special = new Set([vocabulary.unknown, vocabulary.begin, vocabulary.end]);
  let spelled = false;
  for (let id = 0; id < vocabulary.size; id++) {
    const token = vocabulary.token(id);
    const character = unspell(token);
    if (special.has(id)) continue;
    if (Array.from(character).length !== 1) return 'word';
    spelled ||= character !== token;
  }
  return spelled ? 'char' : 'word';
}
