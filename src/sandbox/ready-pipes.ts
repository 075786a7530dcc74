import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../sys/processes/run-program.ts";
import { openPipe, type OpenPipe } from "./inside/output-pipes.ts";

const batchSize = 16;

/**
 * Pipes between this process and what it starts. They are open from the beginning, so that their names are gone
 * before anybody could be killed who was to remove them. Each is given away once.
 */
export class ReadyPipes {
  #ready: OpenPipe[] = [];
  #refill: Promise<void> | null = null;

  /** So many, or none. */
  async takeAll<T extends OpenPipe[]>(count: T["length"]): Promise<T> {
    const taken: OpenPipe[] = [];
    try {
      while (taken.length < count) taken.push(await this.#take());
      return taken as T;
    } catch (error) {
      this.#ready.push(...taken);
      throw error;
    }
  }

  async #take(): Promise<OpenPipe> {
    for (;;) {
      const pipe = this.#ready.pop();
      if (pipe !== undefined) return pipe;
      this.#refill ??= this.#makeBatch().finally(() => (this.#refill = null));
      await this.#refill;
    }
  }

  async #makeBatch(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "agentx-"));
    try {
      const names = Array.from({ length: batchSize }, (_, index) => join(folder, String(index)));
      await runProgram("mkfifo", names);
      // One by one: where descriptors run out, those before are not lost.
      for (const name of names) this.#ready.push(openPipe(name));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
