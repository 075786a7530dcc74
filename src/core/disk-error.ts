import { AgentxError } from "./error.ts";

type Trouble = "full" | "unwritable";

const troubles: Readonly<Record<string, Trouble>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "unwritable",
  EIO: "unwritable",
};

/** libc's words for the same, as git repeats them. */
const words: readonly [RegExp, Trouble][] = [
  [/No space left on device|Disk quota exceeded|File too large/, "full"],
  [/Read-only file system|Input\/output error/, "unwritable"],
];

/** A failure of the file system that is the disk's and not agentx's, with its next step; null for every other error. */
export function diskErrorOf(error: unknown): AgentxError | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const trouble = troubles[error.code];
  const where = "path" in error && typeof error.path === "string" ? error.path : "";
  return trouble === undefined ? null : explain(trouble, { where, what: error.message });
}

/** The same of what a program said on stderr. @param where the command */
export function diskErrorIn(stderr: string, where: string): AgentxError | null {
  const trouble = words.find(([pattern]) => pattern.test(stderr))?.[1];
  return trouble === undefined ? null : explain(trouble, { where, what: stderr.trim() });
}

function explain(trouble: Trouble, { where, what }: { where: string; what: string }): AgentxError {
  if (trouble === "full") {
    const hint = "free some space, then `agentx resume`: everything recorded so far is safe";
    return new AgentxError("DISK_FULL", { where, what: `the disk is full: ${what}`, hint });
  }
  const hint = "check that the disk is healthy and mounted writable, then `agentx resume`";
  return new AgentxError("DISK_UNWRITABLE", { where, what: `the disk cannot be written: ${what}`, hint });
}

/** Whether it ends the run: what can no longer be recorded or kept is no attempt's own trouble. */
export function endsRun({ code }: AgentxError): boolean {
  return /^(DISK|JOURNAL)_/.test(code) || code === "DISPATCHER_REPLACED";
}
