import { AgentxError } from "../core/error.ts";
import { whyUnwritable } from "../sys/why-unwritable.ts";
import type { Workspace } from "./workspace.ts";

/** The way out where the person's own folder, and agentx's, cannot be written. */
const hints = {
  own: "check its owner and permissions, or work in a copy that is yours",
  home: "check its owner and permissions, or set AGENTX_HOME to a folder that is yours",
};

/** Where everything of a run goes. @throws AgentxError UNWRITABLE */
export function requirePlaces({ folder, home }: Pick<Workspace, "folder" | "home">): void {
  requireWritable(folder, "own");
  requireWritable(home, "home");
}

/** @throws AgentxError UNWRITABLE where nothing can be written into the folder, which need not be there yet */
export function requireWritable(wanted: string, kind: keyof typeof hints): void {
  const found = whyUnwritable(wanted);
  if (found === null) return;
  const what = `nothing can be written here: ${found.why}`;
  throw new AgentxError("UNWRITABLE", { where: found.folder, what, hint: hints[kind] });
}
