import { statSync } from "node:fs";

import { AgentxError } from "../core/error.ts";

/**
 * Makes a check that the file is still the one that stands at its path. SQLite goes on writing into a file that was deleted
 * or moved away, and what it calls written would be gone with the process.
 */
export function watchFile(file: string): () => void {
  const opened = statSync(file);
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    throw new AgentxError("JOURNAL_GONE", {
      where: file,
      what: "the journal was deleted or moved away while agentx worked with it",
      hint:
        "if you moved the repository, `agentx resume` goes on where it is now. " +
        "If the journal is deleted, what was merged is on the branches agentx/<run>/…, and the plan can be dispatched anew",
    });
  };
}
