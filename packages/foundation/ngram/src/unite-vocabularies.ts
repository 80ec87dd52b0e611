import type { NgramModel } from './ngram-model.ts';
import type { TokenIds } from './token-ids.ts';
import { Vocabulary } from './vocabulary.ts';

/** The tokens of several models together. */
export interface UnitedVocabulary {
  vocabulary: TokenIds;
  /** [models][tokens] each token's id in each model; -1 where the model does not have it */
  ids: Int32Array[];
}

/**
 * Tokens of a `Vocabulary` are matched by what they are, plain ids by their number.
 *
 * @throws Error if some models have a `Vocabulary` and some not, plain ids are not equally many, or the special tokens
 *   differ
 */
export function uniteVocabularies(models: readonly NgramModel[]): UnitedVocabulary {
  const vocabularies = models.map((model) => model.vocabulary);
  const sizes = models.map((model) => model.trie.vocabularySize);
  const [first, size] = [vocabularies[0]!, sizes[0]!];
  if (vocabularies.some((v) => (['unknown', 'begin', 'end'] as const).some((id) => v[id] !== first[id]))) {
    throw new Error('Interpolation: the models have different special ids, expected all to have the same.');
  }
  if (vocabularies.every((v) => v instanceof Vocabulary)) return uniteTokens(vocabularies, sizes);
  if (vocabularies.some((v) => v instanceof Vocabulary) || sizes.some((other) => other !== size)) {
    throw new Error(
      `Interpolation: the models have ${sizes.join(', ')} token ids, expected equally many, or a Vocabulary in each.`,
    );
  }
  return { vocabulary: first, ids: sizes.map(() => Int32Array.from({ length: size }, (_, id) => id)) };
}

function uniteTokens(
  vocabularies: readonly Vocabulary<unknown>[],
  sizes: readonly number[],
): UnitedVocabulary {
  const lists = vocabularies.map((v, i) => Array.from({ length: sizes[i]! }, (_, id) => v.token(id)));
  const hasSpecial = vocabularies[0]!.begin !== undefined;
  const [unknown, begin, end] = lists[0]!;
  for (const id of hasSpecial ? [0, 1, 2] : []) {
    const names = lists.map((tokens) => tokens[id]);
    if (new Set(names).size > 1) {
      throw new Error(
        `Interpolation: the models call a special token ${names.map(String).join(', ')}, expected one name.`,
      );
    }
  }
  const united = new Vocabulary<unknown>(hasSpecial ? { unknown, begin, end } : undefined);
  const places = lists.map((tokens) => tokens.map((token) => united.add(token)));
  const ids = places.map((place) => {
    const own = new Int32Array(united.size).fill(-1);
    place.forEach((id, i) => {
      own[id] = i;
    });
    return own;
  });
  return { vocabulary: united, ids };
}
