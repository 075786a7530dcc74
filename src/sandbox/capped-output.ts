/** 256 KiB in all: what a result may carry, half of it the beginning and half the end. */
const halfBytes = 128 * 1024;

/** Keeps the first and the last 128 KiB of a byte stream in fixed memory, however long the stream is. */
export class CappedOutput {
  totalBytes = 0;
  readonly #head = Buffer.allocUnsafe(halfBytes);
  readonly #ring = Buffer.allocUnsafe(halfBytes);

  add(chunk: Buffer): void {
    const toHead = Math.min(chunk.length, Math.max(0, halfBytes - this.totalBytes));
    chunk.copy(this.#head, this.totalBytes, 0, toHead);
    this.totalBytes += toHead;
    // Only the last `halfBytes` can survive in the ring, so the rest is counted and not copied.
    const skipped = Math.max(0, chunk.length - toHead - halfBytes);
    this.totalBytes += skipped;
    for (let from = toHead + skipped; from < chunk.length;) {
      const at = this.totalBytes % halfBytes;
      const copied = chunk.copy(this.#ring, at, from);
      from += copied;
      this.totalBytes += copied;
    }
  }

  /** Invalid UTF-8 is replaced; a character that the cut goes through is dropped with the middle. */
  text(): string {
    if (this.totalBytes <= halfBytes) return this.#head.toString("utf8", 0, this.totalBytes);
    const end = this.totalBytes % halfBytes;
    if (this.totalBytes <= 2 * halfBytes) {
      const tail = this.#ring.subarray(0, this.totalBytes - halfBytes);
      return Buffer.concat([this.#head, tail]).toString("utf8");
    }
    const head = dropOpenEnd(this.#head);
    const tail = dropOpenStart(Buffer.concat([this.#ring.subarray(end), this.#ring.subarray(0, end)]));
    const left = this.totalBytes - head.length - tail.length;
    return `${head.toString("utf8")}\n[… ${left} bytes left out …]\n${tail.toString("utf8")}`;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function dropOpenStart(bytes: Buffer): Buffer {
  let from = 0;
  while (from < 3 && isContinuation(bytes[from])) from += 1;
  return bytes.subarray(from);
}

function dropOpenEnd(bytes: Buffer): Buffer {
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && isContinuation(bytes[lead])) lead -= 1;
  const byte = bytes[lead] ?? 0;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead + length > bytes.length ? bytes.subarray(0, lead) : bytes;
}
