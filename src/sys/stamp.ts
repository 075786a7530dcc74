import { statSync } from "node:fs";

/** By what a state of a file or folder is told from a later one. A link counts as what it leads to. */
export type Stamp = {
  dev: number;
  ino: number;
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  /** Had its last change been long ago? Two of one moment may look the same. */
  isSettled: boolean;
};

/** File systems' clocks go by hundredths of a second, some by two whole ones. */
const moment = { ms: 100, wholeSecondsMs: 2_100 };

/** To be taken before that is read which it stands for. Null where nothing is there. */
export function takeStamp(path: string): Stamp | null {
  const nowMs = Date.now();
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const { dev, ino, size, mtimeMs, ctimeMs } = found;
  const momentMs = mtimeMs % 1000 === 0 ? moment.wholeSecondsMs : moment.ms;
  return { dev, ino, size, mtimeMs, ctimeMs, isSettled: nowMs - Math.max(mtimeMs, ctimeMs) > momentMs };
}

/** Whether what was read after `before` would be found again now. Of a folder: its names, not what is in the files. */
export function isUnchanged(before: Stamp, now: Stamp): boolean {
  return (
    before.isSettled &&
    before.ino === now.ino &&
    before.dev === now.dev &&
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs &&
    before.ctimeMs === now.ctimeMs
  );
}

/** What something was read from; a null stamp where nothing was there. */
export type Source = { path: string; stamp: Stamp | null };

export function sourceOf(path: string): Source {
  return { path, stamp: takeStamp(path) };
}

/** Whether all is as it was when these were taken, before it was read. */
export function areUnchanged(sources: readonly Source[]): boolean {
  return sources.every(({ path, stamp }) => {
    const now = takeStamp(path);
    return stamp === null ? now === null : now !== null && isUnchanged(stamp, now);
  });
}
