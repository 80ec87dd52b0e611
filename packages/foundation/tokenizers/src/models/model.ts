import type { TokenList } from '../token-list.ts';
import type { Component } from '../tokenizer-file.ts';
import type { Vocabulary } from '../vocabulary.ts';

/** Chooses among segmentations at random, to make a model that is trained on them more robust. */
export type Sampling = {
  /** Uniform in [0, 1); all randomness comes from here. */
  random: () => number;
  /** BPE: the probability with which a merge is left out (Provilkov et al. 2020). */
  dropout?: number;
  /** Unigram: the power to which probabilities are raised; near 0 all segmentations are alike (Kudo 2018). */
  alpha?: number;
  /** Unigram: choose among so many of the likeliest segmentations; among all of them unless told. */
  nBest?: number;
};

/** @throws RangeError or TypeError for a sampling that is none */
export function checkSampling({ random, dropout = 0, alpha = 1, nBest = 1 }: Sampling): void {
  if (typeof random !== 'function') {
    throw new TypeError(
      `\`sampling.random\` is ${typeof random === 'object' ? 'an object' : random}, expected a function ` +
        'that gives numbers from 0 to below 1. Of a generator: () => rng.uniform().',
    );
  }
  for (const [name, value, fits, rule] of [
    ['dropout', dropout, dropout >= 0 && dropout <= 1, 'a number from 0 to 1'],
    ['alpha', alpha, alpha >= 0 && Number.isFinite(alpha), 'a number ≥ 0'],
    ['nBest', nBest, Number.isSafeInteger(nBest) && nBest >= 1, 'an integer ≥ 1'],
  ] as const) {
    if (!fits) throw new RangeError(`\`sampling.${name}\` is ${value}, expected ${rule}.`);
  }
}

/** Pieces of text to tokens. A model never looks beyond the piece. */
export interface Model {
  readonly vocabulary: Vocabulary;
  /** What stands for what the vocabulary lacks, if anything does. */
  readonly unknownId: number | undefined;
  /** Adds the tokens of a piece, with the code units of the piece that each covers. */
  tokenize(piece: string, tokens: TokenList, sampling?: Sampling): void;
  /** The `model` of a `tokenizer.json`. */
  toJSON(): Component;
}
