/** Keeps the last bytes of a stream in fixed memory, however long the stream is. */
export class ByteRing {
  /** All that came. */
  totalBytes = 0;
  readonly #bytes: Buffer;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  add(chunk: Buffer): void {
    const capacity = this.#bytes.length;
    // Only the last of them can survive, so the rest is counted and not copied.
    const skipped = Math.max(0, chunk.length - capacity);
    this.totalBytes += skipped;
    for (let from = skipped; from < chunk.length;) {
      const copied = chunk.copy(this.#bytes, this.totalBytes % capacity, from);
      from += copied;
      this.totalBytes += copied;
    }
  }

  /** At most as many as fit; where some are lost, from the beginning of a UTF-8 character on. */
  read(): Buffer {
    const capacity = this.#bytes.length;
    if (this.totalBytes <= capacity) return this.#bytes.subarray(0, this.totalBytes);
    const end = this.totalBytes % capacity;
    return dropOpenStart(Buffer.concat([this.#bytes.subarray(end), this.#bytes.subarray(0, end)]));
  }
}

export function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function dropOpenStart(bytes: Buffer): Buffer {
  let from = 0;
  while (from < 3 && isContinuation(bytes[from])) from += 1;
  return bytes.subarray(from);
}
