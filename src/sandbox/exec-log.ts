import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { RedactStream } from "../core/secrets/redact.ts";

/** A command that prints without end must not fill the disk; the log says where it stops. */
const maxLogBytes = 1024 * 1024 * 1024;

/** The whole output of one command in a file on this side of the sandbox, which nothing inside can reach. */
export class ExecLog {
  readonly #stream: ReturnType<typeof createWriteStream>;
  readonly #finished: Promise<void>;
  #left = maxLogBytes;
  #busy: Promise<void> | null = null;

  readonly #redact: RedactStream | null;

  constructor(path: string, redact: RedactStream | null = null) {
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
    if (this.#left <= 0 || this.#stream.destroyed) return null;
    this.#left -= Buffer.byteLength(text);
    const note = this.#left > 0 ? "" : "\n[… the log ends here: it has reached its limit of 1 GiB …]\n";
    if (this.#stream.write(text + note)) return null;
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
    this.#stream.end();
    await this.#finished;
  }
}
