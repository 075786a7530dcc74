import { join } from "node:path";
import { ignoreAgentxFolder } from "../git/ignore-agentx-folder.ts";
import { makeFolder } from "../sys/make-folder.ts";
import type { Workspace } from "./workspace.ts";

/** Where a plan goes that was made for a run that did not start; not among the runs, of which the journal knows each. */
export async function placeForPlan({ repo }: Workspace, run: string): Promise<string> {
  const folder = join(await ignoreAgentxFolder(repo.root), "plans");
  await makeFolder(folder);
  return join(folder, `${run}.md`);
}
