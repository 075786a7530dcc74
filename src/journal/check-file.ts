import { statSync, type Stats } from "node:fs";
import { damaged } from "./failure.ts";

/** What SQLite itself writes first into an empty file on some disks; it takes that file for an empty one. */
const emptyBytes = 1;

/**
 * Looks at the journal's files before SQLite does, which takes a file of one byte for a new journal, and removes the
 * write-ahead log beside a file that is empty or missing, also when it is only to read. A file without a byte and with
 * nothing beside it is what a crash leaves of a journal that was being made.
 * @throws AgentxError JOURNAL_DAMAGED
 */
export function checkFile(file: string): void {
  // The log is looked at first: who makes a journal writes into the file before there is one.
  const log = seen(`${file}-wal`);
  const main = seen(file);
  if (main?.isFile() === false) throw damaged(file, "it is no file");
  if (main?.size === emptyBytes) throw damaged(file, "it holds a single byte");
  if ((main?.size ?? 0) === 0 && (log?.size ?? 0) > 0)
    throw damaged(file, "it is empty, and its write-ahead log is not");
}

function seen(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
