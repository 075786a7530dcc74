import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/** A whole copy of the journal in one file, as it is now, in the place of one that is there already. */
export function keepCopy(db: DatabaseSync, copy: string): void {
  const making = `${copy}.${process.pid}`;
  rmSync(making, { force: true });
  try {
    db.prepare("VACUUM INTO ?").run(making);
    syncFile(making);
    renameSync(making, copy);
  } catch (error) {
    rmSync(making, { force: true });
    throw error;
  }
}

function syncFile(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
