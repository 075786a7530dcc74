import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { type OutputFd, outputFds } from "./resident-script.ts";

/** One command's. `endWriting` once it has ended: only then can the reader see an end. */
export type TakenPipe = { fd: OutputFd; reader: Socket; endWriting: () => void };

type End = { fd: OutputFd; readFd: number };

/** What was read last, from whichever pipe. */
const lastRead = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Hands on what it reads as `data`, in a piece of memory that is used again at once: whoever listens keeps a copy. Of a flood each piece
 * would otherwise wait for the collector.
 */
function outputReader(readFd: number): Socket {
  const callback = (bytes: number): boolean => {
    reader.emit("data", lastRead.subarray(0, bytes));
    return true;
  };
  const onread = { buffer: lastRead, callback };
  const reader: Socket = new Socket({ fd: readFd, readable: true, writable: false, onread });
  return reader;
}

/**
 * The pipes of a shell's commands, of which the shell and this process keep the reading ends alone. Each is used again when its reader
 * has seen the end, as then nobody else writes to it. They have no names, so nothing of them stays when this process is killed.
 */
export class ReusedPipes {
  readonly #all: readonly End[];
  #free: End[];
  #isClosed = false;

  /** @param readFds by the order of `outputFds`; theirs from now on */
  constructor(readFds: readonly number[]) {
    this.#all = outputFds.map((fd, index) => ({ fd, readFd: readFds[index] ?? -1 }));
    this.#free = [...this.#all];
  }

  /** False where each is held by what a command has left behind. */
  hasFree(): boolean {
    return this.#free.length > 0;
  }

  /** Throws what the system says where nothing more can be opened. */
  take(): TakenPipe {
    const [end] = this.#free;
    if (end === undefined) throw new Error("no pipe is free");
    // Open for itself: what is read here is not to depend on what the shell has.
    const path = `/proc/self/fd/${end.readFd}`;
    const writeFd = openSync(path, constants.O_WRONLY);
    try {
      const reader = outputReader(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
      this.#free.shift();
      reader.once("close", () => {
        if (!this.#isClosed) this.#free.unshift(end);
      });
      return { fd: end.fd, reader, endWriting: () => closeSync(writeFd) };
    } catch (error) {
      closeSync(writeFd);
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#free = [];
    for (const { readFd } of this.#all) closeSync(readFd);
  }
}
