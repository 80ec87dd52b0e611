// ARPA files by their definition, in Maps of strings: nothing in common with the package that is checked by it.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** @typedef {Map<string, { logProb: number, backoff: number }>} PlainArpa  log₁₀, by n-gram */

/** @param {string} path  ends in .gz or not @returns {PlainArpa} */
export function readPlainArpa(path) {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const ngrams = new Map();
  for (const line of text.split('\n')) {
    const [logProb, ngram, backoff = '0'] = line.split('\t');
    if (ngram !== undefined) ngrams.set(ngram, { logProb: Number(logProb), backoff: Number(backoff) });
  }
  return ngrams;
}

/**
 * A sentence as KenLM's `query` scores it: the sum of log₁₀ p of its words and `</s>`, and how many are unknown.
 *
 * @param {PlainArpa} model
 * @param {string} sentence
 */
export function scorePlainly(model, sentence) {
  const words = ['<s>', ...sentence.split(/[\0\t\r ]+/).filter(Boolean), '</s>'];
  const known = words.map((word) => (model.has(word) ? word : '<unk>'));
  let total = 0;
  for (let i = 1; i < known.length; i++) total += logProbability(model, known.slice(0, i), known[i]);
  return { total, unknown: known.filter((word) => word === '<unk>').length };
}

/** The back-off recursion: p(w | h) if the model has hw, else backoff(h) · p(w | h without its first word). */
function logProbability(model, history, word) {
  let paid = 0;
  for (let start = Math.max(0, history.length - 6); ; start++) {
    const context = history.slice(start);
    const found = model.get([...context, word].join(' '));
    if (found) return paid + found.logProb;
    paid += model.get(context.join(' '))?.backoff ?? 0;
  }
}
