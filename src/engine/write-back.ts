import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { endedWellIn, type RunState } from "../core/run-state.ts";
import { markDone } from "../formats/mark-done.ts";
import { writeFileAtomic } from "../sys/atomic-write.ts";
import type { RunWatch } from "./run-watch.ts";
import type { Workspace } from "./workspace.ts";

/** Inputs that are no file of the person's. */
export const noFile: readonly string[] = ["standard input", "the command line"];

/**
 * Ticks what has ended well in the file that the plan came from. The person may have edited or removed it meanwhile:
 * what is not found is left alone, and a file that cannot be written is said in the log and costs nothing.
 */
export async function writeBack({ repo }: Workspace, state: RunState, log: RunWatch["log"]): Promise<void> {
  const { file, format } = state.plan.source;
  if (format === "planner" || noFile.includes(file)) return;
  const ids = endedWellIn(state);
  const path = resolve(repo.root, file);
  try {
    // What is no UTF-8 any more is refused: written back it would be other bytes.
    const before = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
    const { text, missing } = markDone({ text: before, plan: state.plan, ids });
    if (text !== before) await writeFileAtomic(path, text);
    if (missing.length > 0)
      log({ level: "info", message: "tasks are no longer in the plan file", facts: { file, missing } });
  } catch (error) {
    log({
      level: "error",
      message: "the plan file could not be ticked",
      facts: { file, error: String(error) },
    });
  }
}
