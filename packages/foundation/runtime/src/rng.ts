import { ArgumentError } from './shape.ts';

/** Where a generator stands, as JSON: four unsigned 32-bit words. */
export type RngState = readonly [number, number, number, number];

/**
 * A seeded source of randomness. The same seed gives the same numbers on every machine; `split` gives a
 * generator of its own to each part of a program, so that what one draws does not move the others.
 */
export interface Rng {
  /** An unsigned 32-bit integer. */
  uint32(): number;
  /** A double in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, bound), without bias. */
  integer(bound: number): number;
  /** A standard normal number (Box and Muller 1958). */
  normal(): number;
  /** A new generator, independent of what this one draws from now on. */
  split(): Rng;
  /** What `restoreRng` needs to continue from here. */
  state(): RngState;
}

/**
 * A generator from a seed: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 128 bits of state, period
 * at least 2³² for every seed), which passes PractRand and needs no 64-bit arithmetic.
 *
 * @param seed any safe integer, or a string
 * @throws ArgumentError for another seed
 */
export function createRng(seed: number | string): Rng {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new ArgumentError(`createRng: \`seed\` is ${seed}, expected a whole number or a string.`);
  }
  return seeded(words(typeof seed === 'number' ? `#${seed}` : seed));
}

/**
 * A generator that continues where `state()` was taken.
 *
 * @throws ArgumentError when the state is not four unsigned 32-bit integers
 */
export function restoreRng(state: RngState): Rng {
  const whole = (word: unknown) => typeof word === 'number' && word >>> 0 === word;
  const candidate: unknown = state;
  if (!Array.isArray(candidate) || candidate.length !== 4 || !candidate.every(whole)) {
    throw new ArgumentError(
      `restoreRng: \`state\` is ${JSON.stringify(state)}, expected four unsigned 32-bit integers from rng.state().`,
    );
  }
  return new Sfc32(...state);
}

/**
 * Checks a generator at a public door.
 *
 * @param draws what will be asked of it
 * @param where the function that was called, where it is known
 * @throws ArgumentError for what does not draw that
 */
export function checkRng(rng: Rng, draws: 'uint32' | 'uniform' | 'normal', where?: string): void {
  const given: unknown = rng;
  if (typeof given === 'object' && given !== null && draws in given) return;
  const found =
    typeof given === 'function'
      ? 'a function'
      : typeof given === 'object' && given !== null
        ? `an object without \`${draws}\``
        : String(given);
  throw new ArgumentError(
    `${where === undefined ? '' : `${where}: `}\`rng\` is ${found}, expected a generator of createRng(seed).`,
  );
}

/**
 * Lets something else draw in the generator's place, from where it stands.
 *
 * @param draw is given the state, and returns what it drew and the state after that
 * @returns what was drawn; undefined for a generator of another kind, which is left as it is
 */
export function drawInPlace<Drawn>(
  rng: Rng,
  draw: (state: RngState) => { drawn: Drawn; state: RngState },
): Drawn | undefined {
  if (!(rng instanceof Sfc32)) return undefined;
  const { drawn, state } = draw(rng.state());
  rng.moveTo(state);
  return drawn;
}

class Sfc32 implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(a: number, b: number, c: number, counter: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  moveTo([a, b, c, counter]: RngState): void {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = counter | 0;
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  uniform(): number {
    const high = this.uint32() >>> 5; // 27 bits
    const low = this.uint32() >>> 6; // 26 bits
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  integer(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new ArgumentError(`rng.integer: \`bound\` is ${bound}, expected a whole number from 1 to 2^32.`);
    }
    // The last, incomplete run of `bound` numbers below 2³² would favour the small ones: draw again.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const draw = this.uint32();
      if (draw < limit) return draw % bound;
    }
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform())); // 1 − u is never 0
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  split(): Rng {
    return seeded([this.uint32(), this.uint32(), this.uint32()]);
  }

  state(): RngState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0];
  }
}

function seeded([a, b, c]: readonly [number, number, number]): Rng {
  const rng = new Sfc32(a, b, c, 1);
  for (let i = 0; i < 15; i++) rng.uint32(); // the author's own number of rounds to mix the seed
  return rng;
}

/** Three well-mixed words of a string: FNV-1a with three bases, finished as MurmurHash3 does. */
function words(seed: string): [number, number, number] {
  const hash = (basis: number) => {
    let h = basis;
    for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  return [hash(0x811c9dc5), hash(0x9e3779b9), hash(0x7f4a7c15)];
}
