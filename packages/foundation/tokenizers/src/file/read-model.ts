import { Bpe } from '../models/bpe.ts';
import type { Model } from '../models/model.ts';
import { Unigram } from '../models/unigram.ts';
import { WordLevel } from '../models/word-level.ts';
import { WordPiece } from '../models/word-piece.ts';
import { type ComponentReaders, readComponent } from './component-readers.ts';
import { type Fields, isCount } from './fields.ts';
import { unexpected } from './tokenizer-json-error.ts';

/** What is known of added tokens before the model is read. */
export type Added = { contents: ReadonlyMap<number, string>; special: readonly string[] };

export function readModel(fields: Fields, added: Added): Model {
  const readers: ComponentReaders<Model> = {
    BPE(model) {
      const unknownToken = model.optionalString('unk_token');
      const dropout = model.get('dropout');
      if (dropout !== undefined && !(typeof dropout === 'number' && dropout >= 0 && dropout <= 1)) {
        throw model.error('dropout', 'a probability');
      }
      return new Bpe({
        tokens: tokensOf(model, added),
        merges: mergesOf(model),
        ...(unknownToken !== undefined && { unknownToken }),
        fuseUnknown: model.boolean('fuse_unk', false),
        byteFallback: model.boolean('byte_fallback', false),
        continuingSubwordPrefix: model.string('continuing_subword_prefix', ''),
        endOfWordSuffix: model.string('end_of_word_suffix', ''),
        ignoreMerges: model.boolean('ignore_merges', false),
        ...(dropout !== undefined && { dropout }),
        specialTokens: added.special,
      });
    },
    WordPiece: (model) =>
      new WordPiece({
        tokens: tokensOf(model, added),
        unknownToken: model.string('unk_token', '[UNK]'),
        continuingSubwordPrefix: model.string('continuing_subword_prefix', '##'),
        maxCharacters: model.count('max_input_chars_per_word', 100),
        specialTokens: added.special,
      }),
    WordLevel: (model) =>
      new WordLevel({
        tokens: tokensOf(model, added),
        unknownToken: model.string('unk_token', '<unk>'),
        specialTokens: added.special,
      }),
    Unigram(model) {
      const pieces = piecesOf(model);
      const unknownId = model.get('unk_id') === undefined ? undefined : model.count('unk_id');
      if (unknownId !== undefined && unknownId >= pieces.length) {
        throw model.error('unk_id', `an id below ${pieces.length}, the number of pieces`);
      }
      return new Unigram({
        pieces,
        ...(unknownId !== undefined && { unknownId }),
        byteFallback: model.boolean('byte_fallback', false),
        specialTokens: added.special,
      });
    },
  };
  // Early files do not say which model it is.
  if (fields.get('type') === undefined) {
    const type =
      fields.get('merges') !== undefined ? 'BPE' : Array.isArray(fields.get('vocab')) ? 'Unigram' : undefined;
    if (type) return fields.wrap(() => readers[type]!(fields));
  }
  return readComponent('model', fields, readers);
}

/** The tokens of `vocab` in the order of their ids; added tokens may stand where it leaves holes. */
function tokensOf(model: Fields, { contents }: Added): string[] {
  const entries = model.object('vocab').entries();
  const tokens: string[] = new Array(entries.length);
  const wrong = (token: string, id: unknown, expected: string) =>
    unexpected(model.file, `model.vocab[${JSON.stringify(token)}]`, id, expected);
  let size = entries.length;
  for (const [token, id] of entries) {
    if (/\p{Surrogate}/u.test(token))
      throw wrong(token, id, 'a token without lone surrogates, which no text gives');
    if (!isCount(id)) throw wrong(token, id, 'an integer id ≥ 0');
    if (id >= entries.length + contents.size) {
      const hole = firstHole(entries, contents);
      throw wrong(
        token,
        id,
        `ids 0 to ${entries.length - 1} for ${entries.length} tokens; no token has the id ${hole}`,
      );
    }
    if (tokens[id] !== undefined) {
      throw wrong(token, id, `an id of its own; ${JSON.stringify(tokens[id])} has it too`);
    }
    tokens[id] = token;
    size = Math.max(size, id + 1);
  }
  for (let id = 0; id < size; id++) {
    if (tokens[id] !== undefined) continue;
    const added = contents.get(id);
    if (added === undefined || tokens.includes(added)) {
      const [token, last] = entries.find(([, given]) => (given as number) > id) ?? ['', size];
      throw wrong(
        token,
        last,
        `ids 0 to ${entries.length - 1} for ${entries.length} tokens; no token has the id ${id}`,
      );
    }
    tokens[id] = added;
  }
  return tokens;
}

function firstHole(entries: [string, unknown][], contents: ReadonlyMap<number, string>): number {
  const ids = new Set(entries.map(([, id]) => id));
  let id = 0;
  while (ids.has(id) || contents.has(id)) id++;
  return id;
}

/** `"a b"`, or `["a", "b"]` in newer files. */
function mergesOf(model: Fields): [string, string][] {
  return model.list('merges').map((merge, i) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    if (Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string')) {
      return pair as [string, string];
    }
    throw unexpected(model.file, `model.merges[${i}]`, merge, 'two tokens, "a b" or ["a", "b"]');
  });
}

function piecesOf(model: Fields): [string, number][] {
  return model.list('vocab').map((entry, i) => {
    if (Array.isArray(entry) && typeof entry[0] === 'string' && Number.isFinite(entry[1])) {
      return [entry[0], entry[1] as number];
    }
    throw unexpected(model.file, `model.vocab[${i}]`, entry, 'a token and its log probability');
  });
}
