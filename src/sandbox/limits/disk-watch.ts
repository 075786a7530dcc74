import { formatByteSize } from "../../core/byte-size.ts";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { type DiskSpace, diskSpaces, diskUsage, leastFileBytes } from "./disk-usage.ts";

export type DiskLimits = Pick<SandboxLimits, "disk" | "diskFree">;

/** How the sandbox is made to stop writing. */
export type WriterEnds = {
  /** Ends what writes most inside, or everything; fulfils with how many processes that were. */
  endWriters: (which: "largest" | "all") => Promise<number>;
  /** Ends the sandbox. */
  end: (reason: string) => void;
};

/** Folders of the host that may be written inside, and what may be in them; null for no limit. */
export type WatchedDisk = { folders: string[]; limits: DiskLimits } | null;

/** Null where there is nothing to be watched. */
export function watchDisk(disk: WatchedDisk, ends: WriterEnds): DiskWatch | null {
  if (disk === null || Object.values(disk.limits).every((limit) => limit === null)) return null;
  return new DiskWatch(disk.folders, disk.limits, ends);
}

const lookEveryMs = 500;
/** Of the limit, or so many bytes: less free space than that since the last walk is no reason for the next. */
const noticeable = { part: 1 / 16, bytes: 256 * 2 ** 20 };
/** A walk may take a quarter of the time; but a sandbox is not out of sight for longer than so many milliseconds. */
const pauseAfterWalk = { times: 3, mostMs: 4_000 };

/**
 * Holds what a sandbox writes to a limit, from outside, where nothing in it can stop the watch. No quota can be had without root, so the free
 * space of the disk is looked at, which costs nothing, and the folders are only walked when it has fallen. What is over its limit
 * may still be tidied up: only what still grows is ended, first its largest writer, then everything, then the sandbox.
 */
export class DiskWatch {
  readonly #folders: readonly string[];
  readonly #limits: DiskLimits;
  readonly #ends: WriterEnds;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;
  /** The most that was free since the last walk, or the beginning. */
  #space: DiskSpace | null = null;
  /** By the last walk, less what has become free since: it may have been of this sandbox. */
  #used = 0;
  #walkAgainAt = 0;
  #strikes = 0;
  /** Why something was ended last; null for nothing. */
  why: string | null = null;

  constructor(folders: readonly string[], limits: DiskLimits, ends: WriterEnds) {
    this.#folders = folders;
    this.#limits = limits;
    this.#ends = ends;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const space = await this.#freeSpace();
      if (space !== null) await this.#judge(space);
    } catch {
      // The sandbox is gone, and says so to whoever asks it.
      this.stop();
    } finally {
      this.#isLooking = false;
    }
  }

  async #judge(space: DiskSpace): Promise<void> {
    const { disk, diskFree } = this.#limits;
    this.#takeFreed(space);
    if (diskFree !== null && space.bytes < diskFree) {
      this.why = `less than ${formatByteSize(diskFree)} is left on the disk (sandbox.limits.diskFree)`;
      // Whose fault it is cannot be told, but whoever writes now has to stop.
      if ((await this.#ends.endWriters("largest")) > 0) return;
    }
    const isShortOfFiles = diskFree !== null && (space.files ?? Infinity) < diskFree / leastFileBytes;
    if (disk === null || !(this.#hasFallen(space, disk) || isShortOfFiles)) return;
    if (performance.now() < this.#walkAgainAt) return;
    const used = await this.#walk(space);
    const hasGrown = used > this.#used;
    this.#used = used;
    if (used <= disk && !isShortOfFiles) this.#strikes = 0;
    else if (hasGrown) {
      this.why =
        used > disk
          ? `sandbox.limits.disk is ${formatByteSize(disk)}`
          : "the disk has hardly any room for more files left (sandbox.limits.diskFree)";
      await this.#strike(this.why);
    }
  }

  #takeFreed(space: DiskSpace): void {
    const before = this.#space ?? space;
    this.#used -= Math.max(0, space.bytes - before.bytes);
    const files = before.files === null || space.files === null ? null : Math.max(before.files, space.files);
    this.#space = { bytes: Math.max(before.bytes, space.bytes), files };
  }

  #hasFallen(space: DiskSpace, disk: number): boolean {
    const before = this.#space ?? space;
    const files = before.files === null || space.files === null ? 0 : before.files - space.files;
    const fallen = Math.max(before.bytes - space.bytes, files * leastFileBytes);
    return fallen >= Math.min(disk * noticeable.part, noticeable.bytes);
  }

  async #walk(space: DiskSpace): Promise<number> {
    const started = performance.now();
    const used = await diskUsage(this.#folders);
    const now = performance.now();
    this.#walkAgainAt = now + Math.min(pauseAfterWalk.times * (now - started), pauseAfterWalk.mostMs);
    this.#space = space;
    return used;
  }

  async #strike(reason: string): Promise<void> {
    this.#strikes += 1;
    if (this.#strikes === 1) await this.#ends.endWriters("largest");
    else if (this.#strikes === 2) await this.#ends.endWriters("all");
    else this.#ends.end(`it went on writing: ${reason}`);
  }

  /** The least of all the folders' disks; null where none is left. */
  async #freeSpace(): Promise<DiskSpace | null> {
    const all = await diskSpaces(this.#folders);
    if (all.length === 0) return null;
    const files = all.map((space) => space.files ?? Infinity);
    const least = Math.min(...files);
    return {
      bytes: Math.min(...all.map((space) => space.bytes)),
      files: least === Infinity ? null : least,
    };
  }
}
