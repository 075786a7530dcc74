import { AgentxError } from "../core/error.ts";
import { whyUnwritable } from "../sys/why-unwritable.ts";

/** @throws AgentxError UNWRITABLE for the first of the folders that nothing can be written into */
export function requireWritable(folders: readonly string[]): void {
  for (const wanted of folders) {
    const found = whyUnwritable(wanted);
    if (found === null) continue;
    throw new AgentxError("UNWRITABLE", {
      where: found.folder,
      what: `nothing can be written here: ${found.why}`,
      hint: "check its owner and permissions, or work in a copy that is yours",
    });
  }
}
