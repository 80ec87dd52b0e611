import type { Random } from './random.ts';

export type AmbiguousSentence = {
  tokens: string[];
  /** One a token, of `ambiguousGrammarTags`. */
  tags: string[];
};

/** All tags of `ambiguousGrammar`: parts of speech by their names in Universal Dependencies. */
export const ambiguousGrammarTags = ['DET', 'ADJ', 'NOUN', 'VERB', 'AUX', 'ADP', 'ADV'] as const;
type Tag = (typeof ambiguousGrammarTags)[number];

/** Words by tag. Many stand under two or three, so that only the sentence around them tells. */
const lexicon: Record<Tag, readonly string[]> = {
  DET: ['the', 'a', 'every', 'this', 'some'],
  ADJ: ['old', 'quiet', 'strange', 'light', 'cold', 'square', 'fast', 'hard', 'early', 'low', 'sound', 'left'],
  NOUN: ['duck', 'watch', 'saw', 'fly', 'light', 'cold', 'square', 'sound', 'left', 'park', 'train', 'ship', 'bird', 'guard'],
  VERB: ['duck', 'watch', 'saw', 'fly', 'light', 'square', 'sound', 'left', 'park', 'train', 'ship', 'find', 'follow', 'guard'],
  AUX: ['will', 'may', 'must', 'should'],
  ADP: ['near', 'behind', 'with', 'under'],
  ADV: ['fast', 'hard', 'early', 'low', 'often', 'soon'],
}; // biome-ignore format: a tag a line

/**
 * A sentence of a small phrase-structure grammar with its parts of speech: a tagging task that no dictionary solves, because
 * "the light duck saw a square watch" has five words that could be something else, and every sentence has one reading only.
 *
 *   S → NP VP    NP → DET ADJ? NOUN (ADP NP)?    VP → AUX? VERB (NP | ADV)?
 */
export function ambiguousGrammar(random: Random): AmbiguousSentence {
  const tags: Tag[] = [];
  nounPhrase(tags, random);
  if (random.integer(3) === 0) tags.push('AUX');
  tags.push('VERB');
  const object = random.integer(4);
  if (object === 0) tags.push('ADV');
  else if (object > 1) nounPhrase(tags, random);
  return { tokens: tags.map((tag) => pick(lexicon[tag], random)), tags };
}

function nounPhrase(tags: Tag[], random: Random): void {
  tags.push('DET');
  if (random.integer(2) === 0) tags.push('ADJ');
  tags.push('NOUN');
  // One in four goes on: long sentences are rare, and none is endless.
  if (random.integer(4) > 0) return;
  tags.push('ADP');
  nounPhrase(tags, random);
}

const pick = (words: readonly string[], random: Random) => words[random.integer(words.length)]!;
