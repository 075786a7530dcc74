import type { Env } from "../sys/paths.ts";
import { lookForFolder } from "./look-for-folder.ts";

/**
 * The `.agentx` folder of the repository around `cwd`. Where there is a journal it is found by looking, since starting
 * git takes longer than all the rest of a status; else git says where it would be.
 * @throws AgentxError when `cwd` is not in a checkout of a git repository
 */
export async function findFolder(cwd: string, env: Env): Promise<string> {
  const seen = lookForFolder(cwd);
  if (seen !== null) return seen;
  const { openWorkspace } = await import("./workspace.ts");
  return (await openWorkspace(cwd, env)).folder;
}
