/** Remembers values by name until their sizes come to more than `most`; then those that were used longest ago go. */
export class BoundedMap<V> {
  readonly #values = new Map<string, { value: V; size: number }>();
  readonly #most: number;
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): V | undefined {
    const found = this.#values.get(name);
    if (found === undefined) return undefined;
    // At the end, since a map is in the order in which its values came.
    this.#values.delete(name);
    this.#values.set(name, found);
    return found.value;
  }

  /** @param size in the unit of `most`; what is larger than that alone is not kept */
  set(name: string, value: V, size: number): void {
    this.#drop(name);
    this.#values.set(name, { value, size });
    this.#total += size;
    for (const oldest of this.#values.keys()) {
      if (this.#total <= this.#most) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    this.#total -= this.#values.get(name)?.size ?? 0;
    this.#values.delete(name);
  }
}
