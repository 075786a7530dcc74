import type { HealthRow } from "../core/health.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { fill, widest, wrap } from "./fit.ts";
import { counted } from "./format.ts";
import { createPaint, type Tone } from "./paint.ts";

const looks: Record<HealthRow["health"], { word: string; tone: Tone }> = {
  ok: { word: "ok  ", tone: "good" },
  warn: { word: "warn", tone: "ask" },
  fail: { word: "FAIL", tone: "bad" },
};

const widestName = 16;

/** What `agentx doctor` found, a line each, with the way out under what is not well. */
export function renderDoctor(
  rows: readonly HealthRow[],
  { width, colors }: { width: number; colors: boolean },
): string {
  const paint = createPaint(colors);
  const names = widest(
    rows.map(({ name }) => plainLine(name)),
    widestName,
  );
  const indent = " ".repeat("warn".length + 2 + names + 2);
  const room = Math.max(20, width - indent.length);
  const lines = rows.flatMap(({ name, health, what, fix }) => {
    const { word, tone } = looks[health];
    const [first = "", ...more] = wrap(plainLine(what), room);
    const ways = plainText(fix)
      .split("\n")
      .filter((line) => line.trim() !== "");
    return [
      `${paint[tone](word)}  ${fill(plainLine(name), names)}  ${first}`.trimEnd(),
      ...more.map((line) => indent + line),
      ...ways.flatMap((way) => wrap(`→ ${way.trim()}`, room)).map((line) => indent + paint.strong(line)),
    ];
  });
  return [...lines, "", summary(rows)].join("\n");
}

function summary(rows: readonly HealthRow[]): string {
  const count = (health: HealthRow["health"]): number => rows.filter((row) => row.health === health).length;
  const [failures, warnings] = [count("fail"), count("warn")];
  if (failures > 0) return `${counted(failures, "thing")} must be mended before a run can start`;
  return warnings > 0 ? `ready, with ${counted(warnings, "warning")}` : "ready";
}
