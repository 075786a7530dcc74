import { gitFailure } from "../../src/git/processes/git-failure.ts";
import type { Effect } from "../../src/sys/failpoint.ts";

/** How a disk can fail, by the errno's name. */
const disks = {
  EIO: { words: "Input/output error", sqlite: { errcode: 10, words: "disk I/O error" } },
  ENOSPC: { words: "No space left on device", sqlite: { errcode: 13, words: "database or disk is full" } },
  EROFS: {
    words: "Read-only file system",
    sqlite: { errcode: 8, words: "attempt to write a readonly database" },
  },
};
export type DiskCode = keyof typeof disks;
export const diskCodes: readonly DiskCode[] = ["EIO", "ENOSPC", "EROFS"];

const byOtherPrograms = /^(sandbox|command|guest|model)\./;
const bySqlite = /^(journal|inbox|conversation|verdict)\./;

/** Whether the effect writes to a disk, so that a disk can fail it. */
export function writesToDisk(effect: Effect): boolean {
  return !byOtherPrograms.test(effect);
}

/** What an effect throws where its disk fails: git's words, SQLite's code, or the system's errno. */
export function diskFailure(effect: Effect, code: DiskCode): Error {
  const { words, sqlite } = disks[code];
  if (effect.startsWith("git."))
    return gitFailure([effect.slice("git.".length)], {
      exitCode: 128,
      stderr: `fatal: unable to write: ${words}`,
    });
  if (bySqlite.test(effect))
    return Object.assign(new Error(sqlite.words), { code: "ERR_SQLITE_ERROR", errcode: sqlite.errcode });
  return Object.assign(new Error(`${code}: ${words}, write`), { code });
}
