/**
 * A set of small numbers that never changes: with one more or one less it is another set. A bit a number, so that a copy for
 * a thousand of them is 128 bytes, and it is walked in rising order without being sorted.
 */
export class PlaceSet implements Iterable<number> {
  readonly #words: Uint32Array;
  readonly size: number;

  private constructor(words: Uint32Array, size: number) {
    this.#words = words;
    this.size = size;
  }

  /** An empty set with room for the numbers below `count`. */
  static upTo(count: number): PlaceSet {
    return new PlaceSet(new Uint32Array(Math.ceil(count / bits)), 0);
  }

  has(place: number): boolean {
    return ((this.#words[Math.floor(place / bits)] ?? 0) & bitOf(place)) !== 0;
  }

  /** The set that holds `place` or does not, as `isIn` says; itself where that is so already. */
  with(place: number, isIn: boolean): PlaceSet {
    if (this.has(place) === isIn) return this;
    const words = this.#words.slice();
    const index = Math.floor(place / bits);
    words[index] = (words[index] ?? 0) ^ bitOf(place);
    return new PlaceSet(words, this.size + (isIn ? 1 : -1));
  }

  *[Symbol.iterator](): Generator<number> {
    if (this.size === 0) return;
    // By index: an iterator over the words takes longer than all else here, and nearly all are zero.
    for (let index = 0; index < this.#words.length; index += 1) {
      for (let left = this.#words[index] ?? 0; left !== 0; left &= left - 1) {
        yield index * bits + (bits - 1 - Math.clz32(left & -left));
      }
    }
  }
}

/** Of one word. */
const bits = 32;

function bitOf(place: number): number {
  return 1 << (place % bits);
}
