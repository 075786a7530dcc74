import { ByteRing, isContinuation } from "./byte-ring.ts";

/** 256 KiB in all: what a result may carry, half of it the beginning and half the end. */
const halfBytes = 128 * 1024;

/** What a first piece gets; most outputs are shorter. */
const firstBytes = 4 * 1024;

/**
 * Keeps the first and the last 128 KiB of a byte stream in bounded memory, however long the stream is. What it does not need is not taken:
 * in a dispatcher there is one for each command of all workers.
 */
export class CappedOutput {
  #headBytes = 0;
  #head = Buffer.alloc(0);
  #tail: ByteRing | null = null;

  get totalBytes(): number {
    return this.#headBytes + (this.#tail?.totalBytes ?? 0);
  }

  add(chunk: Buffer): void {
    const toHead = Math.min(chunk.length, halfBytes - this.#headBytes);
    this.#makeRoom(this.#headBytes + toHead);
    chunk.copy(this.#head, this.#headBytes, 0, toHead);
    this.#headBytes += toHead;
    if (toHead < chunk.length) (this.#tail ??= new ByteRing(halfBytes)).add(chunk.subarray(toHead));
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#head.length) return;
    const head = Buffer.allocUnsafe(Math.min(halfBytes, Math.max(firstBytes, bytes, 2 * this.#head.length)));
    this.#head.copy(head, 0, 0, this.#headBytes);
    this.#head = head;
  }

  /** Invalid UTF-8 is replaced; a character that the cut goes through is dropped with the middle. */
  text(): string {
    const begun = this.#head.subarray(0, this.#headBytes);
    const tail = this.#tail?.read() ?? Buffer.alloc(0);
    if (this.#tail === null || this.#tail.totalBytes <= halfBytes)
      return Buffer.concat([begun, tail]).toString("utf8");
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
