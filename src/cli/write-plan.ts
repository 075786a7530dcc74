import { AgentxError } from "../core/error.ts";
import { writeFileAtomic } from "../sys/atomic-write.ts";
import { print, type Terminal } from "./terminal.ts";

/** A model was paid for it: what cannot be written is printed. @throws AgentxError UNWRITABLE after that */
export async function writePlan(
  terminal: Terminal,
  { file, text }: { file: string; text: string },
): Promise<void> {
  try {
    await writeFileAtomic(file, text);
  } catch (error) {
    print(terminal, text);
    const reason = error instanceof Error ? error.message : String(error);
    const what = `the plan could not be written here, and was printed instead: ${reason}`;
    throw new AgentxError("UNWRITABLE", { where: file, what, hint: "" });
  }
}
