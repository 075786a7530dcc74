import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFifos, openPipe, type OpenPipe } from "../inside/output-pipes.ts";

const batchSize = 8;

/**
 * Pipes for commands whose output this process reads itself. They are open from the beginning, so that their names are gone
 * before anybody could be killed who was to remove them. Each is given away once.
 */
export class ReadyPipes {
  #ready: OpenPipe[] = [];
  #refill: Promise<void> | null = null;

  async take(): Promise<OpenPipe> {
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
      await makeFifos(names);
      // One by one: where descriptors run out, those before are not lost.
      for (const name of names) this.#ready.push(openPipe(name));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
