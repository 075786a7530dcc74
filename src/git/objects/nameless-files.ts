import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** What another process of this user reads by its path, as long as it is not disposed of. */
export type Handed = { path: string } & Disposable;

/** So many are kept open for the next. */
const mostKept = 16;

/**
 * Small files without a name, used again and again: a file that is made, named and removed takes some ten times as long as
 * the bytes in it.
 */
export class NamelessFiles {
  readonly #free: number[] = [];

  /** Null where other processes cannot reach it: that takes /proc. */
  hand(content: string | Uint8Array): Handed | null {
    if (!existsSync("/proc/self/fd")) return null;
    const fd = this.#free.pop() ?? openNameless();
    try {
      ftruncateSync(fd);
      writeAll(fd, typeof content === "string" ? Buffer.from(content) : content);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return {
      path: `/proc/${process.pid}/fd/${fd}`,
      [Symbol.dispose]: () => {
        if (this.#free.length < mostKept) this.#free.push(fd);
        else closeSync(fd);
      },
    };
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), "agentx-object-"));
  const file = join(folder, "0");
  try {
    const fd = openSync(file, "wx+", 0o600);
    unlinkSync(file);
    return fd;
  } finally {
    rmdirSync(folder);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at, at);
}
