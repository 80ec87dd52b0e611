/**
 * What an n-gram model knows of its tokens: how many there are, and which ids have a meaning of their own. A plain
 * `{ size: 65 }` is enough for a stream of ids made by somebody else's tokenizer; a `Vocabulary` adds the tokens.
 */
export interface TokenIds {
  /** Ids are 0 ≤ id < size. */
  readonly size: number;
  /** Stands for every token that is not in the vocabulary. */
  readonly unknown?: number | undefined;
  /** Opens a sentence: context only, never predicted. No n-gram reaches back over it. */
  readonly begin?: number | undefined;
  /** Closes a sentence: predicted, never a context. */
  readonly end?: number | undefined;
}

/** Chunks of token ids, as they come. Where the chunks are cut has no meaning. */
export type IdChunks = Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>;

/** How many of so many ids can be predicted: all but the opening one. */
export function predictedSize(vocabularySize: number, { begin }: TokenIds): number {
  return vocabularySize - (begin === undefined ? 0 : 1);
}

/**
 * @param where  names the place of entry i
 * @throws RangeError unless all are integers from 0 to vocabularySize - 1
 */
export function checkIds(vocabularySize: number, ids: ArrayLike<number>, where: (i: number) => string): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id >= 0 && id < vocabularySize && Number.isInteger(id)) continue;
    throw new RangeError(
      `${where(i)} is token id ${id}, expected an integer from 0 to ${vocabularySize - 1}. ` +
        'Give the vocabulary size of the tokenizer that made the ids, and let a vocabulary grow only before training.',
    );
  }
}
