import { ByteRing, isContinuation } from "./byte-ring.ts";

/** 256 KiB in all: what a result may carry, half of it the beginning and half the end. */
const halfBytes = 128 * 1024;

/** Keeps the first and the last 128 KiB of a byte stream in fixed memory, however long the stream is. */
export class CappedOutput {
  #headBytes = 0;
  readonly #head = Buffer.allocUnsafe(halfBytes);
  readonly #tail = new ByteRing(halfBytes);

  get totalBytes(): number {
    return this.#headBytes + this.#tail.totalBytes;
  }

  add(chunk: Buffer): void {
    const toHead = chunk.copy(this.#head, this.#headBytes);
    this.#headBytes += toHead;
    this.#tail.add(chunk.subarray(toHead));
  }

  /** Invalid UTF-8 is replaced; a character that the cut goes through is dropped with the middle. */
  text(): string {
    const begun = this.#head.subarray(0, this.#headBytes);
    const tail = this.#tail.read();
    if (this.#tail.totalBytes <= halfBytes) return Buffer.concat([begun, tail]).toString("utf8");
    const head = dropOpenEnd(begun);
    const left = this.totalBytes - head.length - tail.length;
    return `${head.toString("utf8")}\n[… ${left} bytes left out …]\n${tail.toString("utf8")}`;
  }
}

function dropOpenEnd(bytes: Buffer): Buffer {
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && isContinuation(bytes[lead])) lead -= 1;
  const byte = bytes[lead] ?? 0;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return lead + length > bytes.length ? bytes.subarray(0, lead) : bytes;
}
