import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { RedactStream } from "../core/secrets/redact.ts";
import { ByteRing } from "./inside/byte-ring.ts";

type LogLimits = { headBytes: number; tailBytes: number };

/** A command that prints without end must not fill the disk; the log says what it leaves out. */
const usualLimits: LogLimits = {
  headBytes: 64 * 1024 * 1024,
  tailBytes: 1024 * 1024,
};

/**
 * The output of one command in a file on this side of the sandbox, which nothing inside can reach: its beginning, and where
 * that is not all, its end too, which is where a test runner says what was wrong. The end is written by `close`.
 */
export class ExecLog {
  readonly #stream: ReturnType<typeof createWriteStream>;
  readonly #finished: Promise<void>;
  readonly #limits: LogLimits;
  #left: number;
  /** Made when it is needed: next to no output is that long. */
  #tail: ByteRing | null = null;
  #busy: Promise<void> | null = null;

  readonly #redact: RedactStream | null;

  constructor(path: string, redact: RedactStream | null = null, limits: LogLimits = usualLimits) {
    this.#limits = limits;
    this.#left = limits.headBytes;
    this.#redact = redact;
    this.#stream = createWriteStream(path);
    this.#finished = finished(this.#stream);
    // Told by `close`; here only so that it is not unhandled meanwhile.
    this.#finished.catch(() => {});
  }

  /** Null, or a promise for when the disk has caught up. */
  write(text: string): Promise<void> | null {
    return this.#put(this.#redact === null ? text : this.#redact.push(text));
  }

  #put(text: string): Promise<void> | null {
    if (text === "") return null;
    if (this.#stream.destroyed) return null;
    if (this.#left <= 0) {
      (this.#tail ??= new ByteRing(this.#limits.tailBytes)).add(Buffer.from(text));
      return null;
    }
    this.#left -= Buffer.byteLength(text);
    if (this.#stream.write(text)) return null;
    this.#busy ??= new Promise((resolve) => {
      const goOn = (): void => {
        this.#stream.off("drain", goOn).off("close", goOn);
        this.#busy = null;
        resolve();
      };
      this.#stream.on("drain", goOn).on("close", goOn);
    });
    return this.#busy;
  }

  /** Rejects with the file system's error when the log could not be written. */
  async close(): Promise<void> {
    void this.#put(this.#redact?.end() ?? "");
    const tail = this.#tail?.read() ?? Buffer.alloc(0);
    const skippedBytes = (this.#tail?.totalBytes ?? 0) - tail.length;
    if (skippedBytes > 0) this.#stream.write(`\n[… ${skippedBytes} bytes are left out of this log …]\n`);
    this.#stream.end(tail);
    await this.#finished;
  }
}
