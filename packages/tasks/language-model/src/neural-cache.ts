import { checkNumber } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface CacheOptions {
  /** How many tokens back it reaches. */
  size: number;
  /** θ: how much the likeness of two hidden vectors counts; at 0 all tokens in reach count alike. */
  theta: number;
  /** λ: the share of the cache in the probability, from 0 to below 1. */
  weight: number;
}

/** @throws ArgumentError naming the option that does not fit */
export function checkCache(where: string, { size, theta, weight }: CacheOptions): void {
  checkNumber(where, 'cache.size', size, 'a positive integer');
  checkNumber(where, 'cache.theta', theta, 'a finite number');
  checkNumber(where, 'cache.weight', weight, 'a number from 0 to below 1');
}

export interface NeuralCache {
  /**
   * Puts the cache's share into the surprisals of the tokens that come next, and remembers these.
   *
   * @param nats   [time], changed in place
   * @param hidden [time, features], from which each token was foretold
   */
  mix(nats: Float64Array, hidden: tf.Tensor2D, tokenIds: Int32Array): void;
  dispose(): void;
}

/**
 * The continuous cache of Grave, Joulin & Usunier 2017 (https://arxiv.org/abs/1612.04426, equations 3 and 5): each of the
 * last tokens is remembered with the hidden vector before it, and is the likelier to come again the more like that vector
 * the present one is.
 *
 *   p_cache(w | h₁…h_t, x₁…x_t) ∝ Σ_{i<t} 1{w = x_{i+1}} exp(θ h_t · h_i)
 *   p(w) = (1 − λ) p_model(w) + λ p_cache(w)
 *
 * While nothing is remembered the model speaks alone.
 */
export function neuralCache({ size, theta, weight }: CacheOptions): NeuralCache {
  let vectors: tf.Tensor2D | undefined;
  let tokens = new Int32Array(0);
  return {
    mix(nats, hidden, tokenIds) {
      const before = tokens.length;
      const all = new Int32Array(before + tokenIds.length);
      all.set(tokens);
      all.set(tokenIds, before);
      const past = vectors;
      const known = tf.tidy(() => (past ? tf.concat([past, hidden]) : tf.clone(hidden))) as tf.Tensor2D;
      const products = tf.matMul(hidden, known, false, true);
      const likeness = products.dataSync();
      tokenIds.forEach((token, t) => {
        const end = before + t;
        if (end === 0) return;
        const row = likeness.subarray(t * all.length, (t + 1) * all.length);
        const share = shareOf(token, all, row, Math.max(0, end - size), end, theta);
        // Without a share nothing is exponentiated: e to the minus 750 is 0, and its surprisal would be infinite.
        if (share === 0) nats[t]! -= Math.log1p(-weight);
        else nats[t] = -Math.log((1 - weight) * Math.exp(-nats[t]!) + weight * share);
      });
      const kept = Math.min(size, all.length);
      tokens = all.slice(-kept);
      vectors = tf.slice(known, [all.length - kept, 0]);
      tf.dispose([products, known]);
      past?.dispose();
    },
    dispose: () => vectors?.dispose(),
  };
}

/** The softmax of θ · likeness over the places from start to end, summed where the token stands. */
function shareOf(
  token: number,
  tokens: Int32Array,
  likeness: ArrayLike<number>,
  start: number,
  end: number,
  theta: number,
): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) highest = Math.max(highest, theta * likeness[i]!);
  let total = 0;
  let own = 0;
  for (let i = start; i < end; i++) {
    const share = Math.exp(theta * likeness[i]! - highest);
    total += share;
    if (tokens[i] === token) own += share;
  }
  return own / total;
}
