/** The last bytes of a text that comes in pieces. Memory: at most twice `maxBytes`, and one piece. */
export class TailText {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #skipped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(text: string): void {
    const piece = Buffer.from(text);
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    // Not at every piece: joining is a copy.
    if (this.#bytes > 2 * this.#maxBytes) this.#cut();
  }

  /** @returns the end, from the beginning of a character on, and how much of what came is not in it */
  read(): { text: string; skippedBytes: number } {
    this.#cut();
    return { text: Buffer.concat(this.#pieces).toString(), skippedBytes: this.#skipped };
  }

  #cut(): void {
    const all = Buffer.concat(this.#pieces);
    let from = Math.max(0, all.length - this.#maxBytes);
    // 10xxxxxx is the middle of a character in UTF-8.
    while (from > 0 && from < all.length && ((all[from] ?? 0) & 0xc0) === 0x80) from += 1;
    this.#skipped += from;
    // A copy, so that the whole is not held by its end.
    this.#pieces = [Buffer.from(all.subarray(from))];
    this.#bytes = all.length - from;
  }
}
