import type { TokenizerJson } from './tokenizer-file.ts';
import { unexpected } from './tokenizer-json-error.ts';
import { startToken, unknownToken, Vocabulary } from './vocabulary.ts';

type Pipeline = Pick<TokenizerJson, 'pre_tokenizer' | 'decoder'>;

/** The `tokenizer.json` of a look-up in a vocabulary (Hugging Face's WordLevel) behind a pre-tokenizer. */
export function wordLevelJson(vocabulary: Vocabulary, { pre_tokenizer, decoder }: Pipeline): TokenizerJson {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [unknownToken, startToken].map((content) => ({
      id: vocabulary.idOf(content)!,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer,
    post_processor: null,
    decoder,
    // fromEntries, not assignment: a word may be `__proto__`.
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(vocabulary.tokens.map((token, id) => [token, id])),
      unk_token: unknownToken,
    },
  };
}

/**
 * The vocabulary of a WordLevel model.
 * @throws TokenizerJsonError naming the token at which ids repeat, leave a hole or are none
 */
export function wordLevelVocabulary(model: object, name: string): Vocabulary {
  const { vocab, unk_token: unknown } = model as { vocab?: unknown; unk_token?: unknown };
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) {
    throw unexpected(name, 'model.vocab', vocab, 'an object of token: id');
  }
  if (unknown !== unknownToken) {
    throw unexpected(name, 'model.unk_token', unknown, JSON.stringify(unknownToken));
  }
  const entries = Object.entries(vocab);
  const tokens: string[] = new Array(entries.length);
  const taken = new Uint8Array(entries.length);
  for (const [token, id] of entries) {
    const place = `model.vocab[${JSON.stringify(token)}]`;
    if (/\p{Surrogate}/u.test(token)) {
      throw unexpected(name, place, id, 'a token without lone surrogates, which no text gives');
    }
    if (!Number.isInteger(id) || id < 0) throw unexpected(name, place, id, 'an integer id ≥ 0');
    if (id >= entries.length) {
      const hole = firstHole(entries);
      throw unexpected(
        name,
        place,
        id,
        `ids 0 to ${entries.length - 1} for ${entries.length} tokens; no token has the id ${hole}`,
      );
    }
    if (taken[id]) {
      throw unexpected(name, place, id, `an id of its own; ${JSON.stringify(tokens[id])} has it too`);
    }
    taken[id] = 1;
    tokens[id] = token;
  }
  for (const special of [unknownToken, startToken]) {
    if (!Object.hasOwn(vocab, special)) {
      throw unexpected(name, `model.vocab[${JSON.stringify(special)}]`, undefined, 'an id');
    }
  }
  return new Vocabulary(tokens);
}

function firstHole(entries: [string, unknown][]): number {
  const ids = new Set(entries.map(([, id]) => id));
  let id = 0;
  while (ids.has(id)) id++;
  return id;
}
