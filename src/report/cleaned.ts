import { plainLine } from "../core/plain-text.ts";
import { counted } from "./format.ts";
import { createPaint } from "./paint.ts";

type Cleaned = {
  runs: readonly string[];
  removed: readonly string[];
  deleted: readonly string[];
  rescued: readonly string[];
  kept: readonly { branch: string; why: string }[];
};

/** What `agentx clean` did. Not cut: these names are copied. */
export function renderCleaned(
  { runs, removed, deleted, rescued, kept }: Cleaned,
  look: { colors: boolean },
): string {
  const paint = createPaint(look.colors);
  const hasDone = removed.length + deleted.length + rescued.length > 0;
  const names = runs.map(plainLine).join(", ");
  const title = hasDone ? `cleaned up after ${counted(runs.length, "run")}: ` : "nothing is left to remove: ";
  return [
    runs.length === 0 ? "cleaned up; no run is finished" : title + names,
    ...removed.map((path) => `${paint.quiet("removed")}  ${plainLine(path)}`),
    ...deleted.map((branch) => `${paint.quiet("deleted")}  ${plainLine(branch)}`),
    ...rescued.map(
      (ref) => `${paint.ask("rescued")}  ${plainLine(ref)}  ${paint.quiet("unsaved work; git show it")}`,
    ),
    ...kept.map(
      ({ branch, why }) => `${paint.strong("kept")}     ${plainLine(branch)}  ${paint.quiet(plainLine(why))}`,
    ),
  ].join("\n");
}
