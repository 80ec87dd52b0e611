import {
  arpaTokens,
  countNgrams,
  encodeSentences,
  kneserNey,
  splitSentences,
  Vocabulary,
} from '@ostinato/ngram';

/** Order-5 modified Kneser-Ney. @param {Iterable<string> | AsyncIterable<string>} text */
export async function estimateNovels(text) {
  const vocabulary = new Vocabulary(arpaTokens);
  const ids = encodeSentences(splitSentences(text), vocabulary, { grow: true });
  return kneserNey(await countNgrams(ids, { order: 5, vocabulary }));
}
