import { compare, type Pairs } from "./pairs.ts";
import { table } from "./table.ts";

/** One comparison with a bound. */
export type Row = {
  name: string;
  what: string;
  ours: string;
  baseline: string;
  ratio: number;
  bound: number;
  /** How far the baseline alone lies apart (median by minimum); 1 for what is counted. */
  spread: number;
};

/** What belongs together, in a file of its own in `sections/`. */
export type Section = {
  name: string;
  /** What the table is headed with. */
  title: string;
  /** @param quick a tenth of the pairs, for a look */
  measure: (options: { quick: boolean }) => Promise<Row[]>;
};

/** Past this the machine says more than the program does. */
const widestSpread = 1.6;

export type Verdict = "within" | "over" | "not measured";

export function verdictOf({ ratio, bound, spread }: Row): Verdict {
  if (!(spread <= widestSpread) || Number.isNaN(ratio)) return "not measured";
  return ratio <= bound ? "within" : "over";
}

export function timeRow(about: Pick<Row, "name" | "what" | "bound">, pairs: Pairs): Row {
  const { baselineMs, oursMs, ratio, spread } = compare(pairs);
  return { ...about, ours: milliseconds(oursMs), baseline: milliseconds(baselineMs), ratio, spread };
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

export function renderRows(rows: readonly Row[]): string {
  const head = ["", "what", "agentx", "baseline", "ratio", "bound", "baseline's spread", ""];
  return table(
    head,
    rows.map((row) => [
      row.name,
      row.what,
      row.ours,
      row.baseline,
      `${row.ratio.toFixed(2)} ×`,
      row.bound.toFixed(2),
      row.spread.toFixed(2),
      wordsOf(row),
    ]),
  );
}

function wordsOf(row: Row): string {
  const verdict = verdictOf(row);
  if (verdict !== "not measured") return verdict;
  return `not measured: the baseline alone spreads by more than ${widestSpread}`;
}
