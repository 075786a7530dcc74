import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Env } from "../sys/paths.ts";

/**
 * The `.agentx` folder of the repository around `cwd`. Where there is a journal it is found by looking, since starting
 * git takes longer than all the rest of a status; else git says where it would be.
 * @throws AgentxError when `cwd` is not in a checkout of a git repository
 */
export async function findFolder(cwd: string, env: Env): Promise<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const own = join(folder, ".agentx");
    if (existsSync(join(own, "journal.db"))) return own;
    // A repository inside of another one has runs of its own.
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) break;
  }
  const { openWorkspace } = await import("./workspace.ts");
  return (await openWorkspace(cwd, env)).folder;
}
