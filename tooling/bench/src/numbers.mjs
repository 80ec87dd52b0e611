// The weights, inputs and gradients that every contestant works on: the same numbers in every process and language
// (pytorch.py has the same few lines), drawn by hashing a name and an index.

/**
 * Numbers even in ±bound that depend on the name and their index alone.
 *
 * @param {string} name
 * @param {number} count
 * @param {number} bound
 */
export function uniform(name, count, bound) {
  const seed = hash(name);
  return Float32Array.from({ length: count }, (_, i) => (scatter(seed, i) / 2 ** 31 - 1) * bound);
}

/**
 * Whole numbers from 0 to limit − 1.
 *
 * @param {string} name
 * @param {number} count
 * @param {number} limit
 */
export function integers(name, count, limit) {
  const seed = hash(name);
  return Int32Array.from({ length: count }, (_, i) => scatter(seed, i) % limit);
}

/**
 * Some numbers of a tensor, evenly spaced, to compare two programs by.
 *
 * @param {ArrayLike<number>} values
 */
export function probe(values) {
  const last = values.length - 1;
  return Array.from({ length: 48 }, (_, i) => values[Math.floor((i * last) / 47)]);
}

/** FNV-1a over the bytes of a name. */
function hash(name) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The finaliser of MurmurHash3: a 32-bit number without sign. */
function scatter(seed, index) {
  let value = (Math.imul(index, 0x9e3779b9) + seed) >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
