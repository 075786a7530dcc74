/** The last bytes of a text that comes in pieces. Memory: `maxBytes` and the longest piece. */
export class TailText {
  readonly #maxBytes: number;
  #pieces: { text: string; bytes: number }[] = [];
  /** Pieces before it are let go of: moving the array at each would cost more than they take. */
  #first = 0;
  #bytes = 0;
  #skipped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#pieces.push({ text, bytes });
    this.#bytes += bytes;
    for (
      let oldest = this.#pieces[this.#first];
      oldest !== undefined && this.#bytes - oldest.bytes >= this.#maxBytes;
      oldest = this.#pieces[this.#first]
    ) {
      this.#bytes -= oldest.bytes;
      this.#skipped += oldest.bytes;
      this.#first += 1;
    }
    if (this.#first > 100 && this.#first > this.#pieces.length / 2) {
      this.#pieces = this.#pieces.slice(this.#first);
      this.#first = 0;
    }
  }

  /** @returns the end, from the beginning of a character on, and how much of what came is not in it */
  read(): { text: string; skippedBytes: number } {
    const kept = this.#pieces.slice(this.#first).map(({ text }) => text);
    const all = Buffer.from(kept.join(""));
    let from = Math.max(0, all.length - this.#maxBytes);
    // 10xxxxxx is the middle of a character in UTF-8.
    while (from > 0 && from < all.length && ((all[from] ?? 0) & 0xc0) === 0x80) from += 1;
    return { text: all.subarray(from).toString(), skippedBytes: this.#skipped + from };
  }
}
