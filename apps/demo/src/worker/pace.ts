export interface PaceOptions {
  /** Milliseconds until the first time. */
  first: number;
  /** Milliseconds between two times, at least. */
  every: number;
  /** The part of all time that the work may take, from 0 to 1: slow work is done less often. 1 when absent. */
  share?: number;
}

/** Says when work that comes again and again is due, so that it never crowds out what it interrupts. */
export class Pace {
  readonly #every: number;
  readonly #share: number;
  #next: number;

  constructor({ first, every, share = 1 }: PaceOptions, now: number) {
    this.#every = every;
    this.#share = share;
    this.#next = now + first;
  }

  isDue(now: number): boolean {
    return now >= this.#next;
  }

  /** Notes that the work was done between two points in time. */
  done(started: number, ended: number): void {
    const took = ended - started;
    this.#next = ended + Math.max(this.#every, took / this.#share - took);
  }
}
