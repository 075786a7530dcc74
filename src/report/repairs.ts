import { plainLine } from "../core/plain-text.ts";
import type { Advice, Advised } from "../core/repair/repair.ts";
import { counted } from "./format.ts";
import { createPaint } from "./paint.ts";

/** What `agentx doctor --repair` would do and why, and what it cannot mend. Not cut: these names are copied. */
export function renderAdvice({ repairs, notes }: Advice, look: { colors: boolean }): string {
  const paint = createPaint(look.colors);
  const title =
    repairs.length === 0 ? "nothing is to be mended" : `${counted(repairs.length, "thing")} to mend:`;
  return [
    title,
    ...repairs.flatMap(({ what, why }) => [
      `${paint.ask("-")} ${plainLine(what)}`,
      `  ${paint.quiet(`because ${plainLine(why)}`)}`,
    ]),
    ...notes.map((note) => `${paint.strong("note")}  ${plainLine(note)}`),
  ].join("\n");
}

/** @param said what there is to say besides, or empty */
export function renderMended({ what }: Advised, said: string, look: { colors: boolean }): string {
  const paint = createPaint(look.colors);
  const more = said === "" ? "" : `  ${paint.quiet(plainLine(said))}`;
  return `${paint.good("done")}  ${plainLine(what)}${more}`;
}
