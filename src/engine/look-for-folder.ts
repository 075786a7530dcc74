import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The `.agentx` folder with a journal in the checkout around `cwd`, by looking alone; null where there is none to be seen. */
export function lookForFolder(cwd: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const own = join(folder, ".agentx");
    if (existsSync(join(own, "journal.db"))) return own;
    // A repository inside of another one has runs of its own.
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) return null;
  }
}
