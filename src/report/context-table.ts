import { plainLine } from "../core/plain-text.ts";
import { cut, fill, fillLeft, widest } from "./fit.ts";
import { formatCount } from "./format.ts";
import { createPaint } from "./paint.ts";

type Part = { part: string; source: string; tokens: number | null; budget: number | null; cut: boolean };

type ContextTable = { title: string; parts: readonly Part[]; tokens: number; width: number; colors: boolean };

const columns = { part: 8, tokens: 8, budget: 8, state: 4 } as const;
const gap = "  ";

/** What a worker is shown, part by part, and what each costs in tokens. */
export function renderContextTable({ title, parts, tokens, width, colors }: ContextTable): string {
  const paint = createPaint(colors);
  const sources = ["source", ...parts.map(({ source }) => plainLine(source))];
  const taken = Object.values(columns).reduce((sum, column) => sum + column + gap.length, 0);
  const sourceColumns = Math.max(6, Math.min(widest(sources), width - taken));
  const row = (cells: {
    part: string;
    source: string;
    tokens: string;
    budget: string;
    state: string;
  }): string =>
    [
      fill(cells.part, columns.part),
      fill(cells.source, sourceColumns),
      fillLeft(cells.tokens, columns.tokens),
      fillLeft(cells.budget, columns.budget),
      cells.state,
    ]
      .join(gap)
      .trimEnd();
  const rows = parts.map((part) =>
    row({
      part: part.part,
      source: plainLine(part.source),
      tokens: part.tokens === null ? "?" : `~${formatCount(part.tokens)}`,
      budget: part.budget === null ? "–" : formatCount(part.budget),
      state: part.cut ? paint.ask("cut") : "",
    }),
  );
  const total = row({
    part: "all",
    source: parts.some((part) => part.tokens === null) ? "what agentx gives" : "the first request",
    tokens: `~${formatCount(tokens)}`,
    budget: "",
    state: "",
  });
  const head = row({ part: "part", source: "source", tokens: "tokens", budget: "budget", state: "" });
  return [paint.strong(plainLine(title)), "", paint.quiet(head), ...rows, paint.strong(total)]
    .map((line) => cut(line, width))
    .join("\n");
}
