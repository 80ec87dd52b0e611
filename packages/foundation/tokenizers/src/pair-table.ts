const width = 4;
const none = -1;

/**
 * A hash table from two integers ≥ 0 to two integers, in one typed array with open addressing: a look-up makes no
 * objects and touches one cache line.
 */
export class PairTable {
  /** `[a, b, first, second]` in each slot; a is −1 where the slot is free. */
  slots: Int32Array;
  #mask: number;
  #size = 0;

  /** @param expected how many pairs there will be; it grows where there are more */
  constructor(expected = 16) {
    let capacity = 16;
    while (capacity < 2 * expected) capacity *= 2;
    this.slots = new Int32Array(capacity * width).fill(none);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** Where the pair stands in `slots`, or −1: its values are at this place + 2 and + 3. */
  find(a: number, b: number): number {
    const { slots } = this;
    const mask = this.#mask;
    for (let i = hash(a, b) & mask; ; i = (i + 1) & mask) {
      const at = i * width;
      const found = slots[at]!;
      if (found === a && slots[at + 1] === b) return at;
      if (found === none) return none;
    }
  }

  /** The pair's place as `find` gives it; it is added, with zeros as values, where it is not there yet. */
  add(a: number, b: number): number {
    if (2 * (this.#size + 1) > this.#mask + 1) this.#grow();
    const { slots } = this;
    const mask = this.#mask;
    let i = hash(a, b) & mask;
    for (; slots[i * width] !== none; i = (i + 1) & mask) {
      if (slots[i * width] === a && slots[i * width + 1] === b) return i * width;
    }
    this.#size++;
    slots.set([a, b, 0, 0], i * width);
    return i * width;
  }

  #grow(): void {
    const old = this.slots;
    const capacity = (old.length / width) * 2;
    this.slots = new Int32Array(capacity * width).fill(none);
    this.#mask = capacity - 1;
    for (let at = 0; at < old.length; at += width) {
      if (old[at] === none) continue;
      let i = hash(old[at]!, old[at + 1]!) & this.#mask;
      while (this.slots[i * width] !== none) i = (i + 1) & this.#mask;
      this.slots.set(old.subarray(at, at + width), i * width);
    }
  }
}

function hash(a: number, b: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
