type Kept<V> = { value: V; size: number; round: number };

/** Remembers values by name until their sizes come to more than `most`; then those that were used longest ago go. */
export class BoundedMap<V> {
  readonly #values = new Map<string, Kept<V>>();
  readonly #most: number;
  #total = 0;
  #round = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): V | undefined {
    const found = this.#values.get(name);
    if (found === undefined) return undefined;
    // At the end, since a map is in the order in which its values came.
    this.#values.delete(name);
    this.#values.set(name, { ...found, round: this.#round });
    return found.value;
  }

  /** @param size in the unit of `most`; what is larger than that alone is not kept */
  set(name: string, value: V, size: number): void {
    this.#drop(name);
    this.#values.set(name, { value, size, round: this.#round });
    this.#total += size;
    this.#dropWhile(() => this.#total > this.#most);
  }

  /** Ends a round of use; what none of the last so many has used goes. */
  endRound(rounds: number): void {
    this.#round += 1;
    this.#dropWhile(({ round }) => round < this.#round - rounds);
  }

  /** The one that was used longest ago first. */
  #dropWhile(isTooMuch: (oldest: Kept<V>) => boolean): void {
    for (const [name, kept] of this.#values) {
      if (!isTooMuch(kept)) return;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    this.#total -= this.#values.get(name)?.size ?? 0;
    this.#values.delete(name);
  }
}
