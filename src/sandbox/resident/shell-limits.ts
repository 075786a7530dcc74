import { WriterEnder } from "../inside/end-writers.ts";
import { MemoryWatch } from "../inside/memory-watch.ts";
import { type DiskWatch, watchDisk, type WatchedDisk } from "../limits/disk-watch.ts";
import type { Ran } from "../record-exec.ts";
import type { ExecResult } from "../sandbox.ts";
import type { ResidentShell } from "./resident-shell.ts";

type Watched = { disk: WatchedDisk; memoryBytes: number | null };

/** What a helper does inside is done from here for a shell: its limits of memory and disk. */
export class ShellLimits {
  readonly disk: DiskWatch | null;
  readonly #shell: ResidentShell;
  readonly #memoryBytes: number | null;
  readonly #writers: WriterEnder;
  #memory: MemoryWatch | null = null;

  constructor(shell: ResidentShell, { disk, memoryBytes }: Watched) {
    this.#shell = shell;
    this.#memoryBytes = memoryBytes;
    this.#writers = new WriterEnder(shell.inside);
    this.disk = watchDisk(disk, {
      endWriters: (which) => this.#writers.endWriters(which, new Set()),
      end: (reason) => shell.lose(reason),
    });
  }

  /** A command, and how many processes were ended meanwhile. */
  async during(run: () => Promise<ExecResult>): Promise<Ran> {
    if (this.#memoryBytes !== null) this.#memory ??= new MemoryWatch(this.#memoryBytes, this.#shell.inside);
    const memory = this.#memory;
    const before = { memory: memory?.ended ?? 0, disk: this.#writers.ended };
    const result = await run();
    const ended = { memory: memory?.ended ?? 0, disk: this.#writers.ended };
    this.#restMemory();
    return { result, overMemory: ended.memory - before.memory, overDisk: ended.disk - before.disk };
  }

  stop(): void {
    this.disk?.stop();
    this.#memory?.stop();
    this.#memory = null;
  }

  /** A shell alone takes no more by waiting, and hundreds may wait while one process would look at them all. */
  #restMemory(): void {
    if (this.#memory === null || this.#shell.inside()?.ordinary.length !== 0) return;
    this.#memory.stop();
    this.#memory = null;
  }
}
