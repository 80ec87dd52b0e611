import { PairTable } from './pair-table.ts';

const root = 0;
/** Every place in a text is the beginning of a walk, so that a longer string would cost too much. */
const longest = 500;

/** Finds the strings of a list that begin at a place in a text; their edges are code units. */
export class Trie {
  readonly #edges: PairTable;
  /** The value of the string that ends at each node, + 1. */
  #values = new Int32Array(1024);
  #nodes = 1;

  constructor(expectedUnits = 1024) {
    this.#edges = new PairTable(expectedUnits);
  }

  /**
   * A string that is there already gets the new value.
   * @throws RangeError if it is too long
   */
  add(text: string, value: number): void {
    if (text.length > longest) {
      throw new RangeError(
        `The token ${JSON.stringify(text.slice(0, 40))}… has ${text.length} code units, expected ${longest} at most.`,
      );
    }
    let node = root;
    for (let i = 0; i < text.length; i++) {
      const at = this.#edges.add(node, text.charCodeAt(i));
      if (this.#edges.slots[at + 2] === 0) {
        this.#edges.slots[at + 2] = this.#nodes++;
        if (this.#nodes > this.#values.length) {
          const grown = new Int32Array(2 * this.#values.length);
          grown.set(this.#values);
          this.#values = grown;
        }
      }
      node = this.#edges.slots[at + 2]!;
    }
    this.#values[node] = value + 1;
  }

  /** The node that a code unit leads to, or −1. Node 0 is the beginning. */
  next(node: number, unit: number): number {
    const at = this.#edges.find(node, unit);
    return at < 0 ? -1 : this.#edges.slots[at + 2]!;
  }

  /** The value of the string that leads to a node, or −1. */
  value(node: number): number {
    return this.#values[node]! - 1;
  }

  /** The node that a string leads to, or −1. */
  walk(text: string): number {
    let node = root;
    for (let i = 0; i < text.length && node >= 0; i++) node = this.next(node, text.charCodeAt(i));
    return node;
  }
}
