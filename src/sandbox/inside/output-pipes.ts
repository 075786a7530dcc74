import { spawn } from "node:child_process";
import { constants, closeSync, mkdtempSync, openSync, rmSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const batchSize = 16;

/** One real pipe: `writeFd` is for the command, and is closed by the caller once the command has it. */
export type OutputPipe = { reader: Socket; writeFd: number };
export type OpenPipe = { readFd: number; writeFd: number };

/**
 * Real pipes for commands. Node's own "pipe" is a socket pair, on which `echo x > /dev/stderr` fails with ENXIO;
 * and one pipe for both streams keeps stdout and stderr in the order in which they were written.
 * Each comes from a named pipe that is unlinked before the command starts, so no two commands share one.
 */
export class OutputPipes {
  #folder = "";
  #names: string[] = [];
  /** Names need only differ: the folder is this process's own. */
  #made = 0;
  #refill: Promise<void> | null = null;

  async take(): Promise<OutputPipe> {
    for (let tries = 0; ; tries += 1) {
      try {
        const { readFd, writeFd } = openPipe(await this.#nextName());
        return { reader: readerOf(readFd), writeFd };
      } catch (error) {
        // A command may have emptied /tmp: begin again in a new folder, once.
        if (tries === 1) throw error;
        this.#names = [];
        this.#folder = "";
      }
    }
  }

  async #nextName(): Promise<string> {
    for (;;) {
      const name = this.#names.pop();
      if (name !== undefined) return name;
      // Of many that wait for a batch, some find it used up.
      await this.prepare();
    }
  }

  /** Makes the next batch; called early, so that the first command need not wait. */
  prepare(): Promise<void> {
    this.#refill ??= this.#makeBatch().finally(() => (this.#refill = null));
    return this.#refill;
  }

  remove(): void {
    if (this.#folder !== "") rmSync(this.#folder, { recursive: true, force: true });
  }

  async #makeBatch(): Promise<void> {
    if (this.#folder === "") this.#folder = mkdtempSync(join(tmpdir(), "agentx-"));
    const folder = this.#folder;
    const names = Array.from({ length: batchSize }, () => join(folder, String(this.#made++)));
    await makeFifos(names);
    this.#names.push(...names);
  }
}

/** Without streams to it, which take longer to make than the pipes. */
async function makeFifos(names: string[]): Promise<void> {
  const env = { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" };
  const maker = spawn("mkfifo", names, { env, stdio: "ignore" });
  await new Promise<void>((resolve, reject) => {
    maker.once("error", reject);
    maker.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`mkfifo ended with exit code ${code}`));
    });
  });
}

/** Of a named pipe that nobody else has open; the name is gone afterwards. */
export function openPipe(name: string): OpenPipe {
  // Without O_NONBLOCK the open would wait for a writer, which is the next line.
  const readFd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const writeFd = openSync(name, constants.O_WRONLY);
    unlinkSync(name);
    return { readFd, writeFd };
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
}

export function readerOf(readFd: number): Socket {
  return new Socket({ fd: readFd, readable: true, writable: false });
}
