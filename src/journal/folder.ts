import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function journalFile(folder: string): string {
  return join(folder, "journal.db");
}

/** Where a repaired journal stands until the damaged one has made room for it. */
export function restoredFile(folder: string): string {
  return `${journalFile(folder)}.restored`;
}

/** Makes `.agentx`, with a `.gitignore` of its own so that nothing in it is ever committed by accident. */
export function ensureFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
