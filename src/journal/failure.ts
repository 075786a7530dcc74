import { AgentxError } from "../core/error.ts";

type Failure = "damaged" | "full" | "unwritable" | "busy";

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html; the upper bits say more than we need. */
const primaryCode = 0xff;
/** The index of the write-ahead log could not grow: its folder has no room. */
const noRoomForIndex = 4874; // IOERR_SHMSIZE

const sqliteFailures: Readonly<Record<number, Failure>> = {
  3: "unwritable", // PERM
  5: "busy", // BUSY
  8: "unwritable", // READONLY
  10: "unwritable", // IOERR
  11: "damaged", // CORRUPT
  13: "full", // FULL
  14: "unwritable", // CANTOPEN
  26: "damaged", // NOTADB
};

const systemFailures: Readonly<Record<string, Failure>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "unwritable",
  EPERM: "unwritable",
  EROFS: "unwritable",
  EIO: "unwritable",
  EEXIST: "unwritable",
  ENOTDIR: "unwritable",
};

/** Turns what the disk or another process did to us into an error with a next step; a bug stays what it is. */
export function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    throw explain(failure, file, error instanceof Error ? error.message : String(error));
  }
}

export function isBusy(error: unknown): boolean {
  return failureOf(error) === "busy";
}

export function damaged(file: string, what: string): AgentxError {
  return explain("damaged", file, what);
}

function explain(failure: Failure, where: string, detail: string): AgentxError {
  switch (failure) {
    case "damaged":
      return new AgentxError("JOURNAL_DAMAGED", {
        where,
        what: `the journal is damaged: ${detail}`,
        hint:
          "nothing in git was touched: merged work is on the branches agentx/<run>/…. " +
          "`agentx doctor --repair` shows what can be restored, and keeps the damaged file",
      });
    case "full":
      return new AgentxError("JOURNAL_FULL", {
        where,
        what: "the disk is full, so nothing more can be recorded",
        hint:
          "free some space, then `agentx resume`, or dispatch again where no run had begun: " +
          "everything recorded so far is safe",
      });
    case "unwritable":
      return new AgentxError("JOURNAL_UNWRITABLE", {
        where,
        what: `the journal cannot be read or written: ${detail}`,
        hint: "check the folder's owner and permissions, and that its disk is healthy and mounted writable",
      });
    case "busy":
      return new AgentxError("JOURNAL_BUSY", {
        where,
        what: "another process has held the journal for too long",
        hint: "`agentx status` names the dispatcher, if one runs; try again",
      });
  }
}

/** Which of the expected failures it is, or null when it is none. */
export function failureOf(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  if ("errcode" in error && typeof error.errcode === "number") {
    const code = error.errcode & primaryCode;
    // Our statements fit the schema of a file whose version was checked, so the file itself was changed.
    if (code === 1 && /^(no such |unsupported file format)/.test(error.message)) return "damaged";
    return error.errcode === noRoomForIndex ? "full" : (sqliteFailures[code] ?? null);
  }
  if ("code" in error && typeof error.code === "string") return systemFailures[error.code] ?? null;
  return null;
}
