import { createPaint } from "./paint.ts";
import {
  elapsedColumn,
  hasClock,
  layoutRows,
  renderRow,
  type RowFacts,
  rowAt,
  type RowLayout,
} from "./task-row.ts";
import { margin } from "./view-input.ts";

/** What a pipe gets: nobody knows its width. */
export const pipeLook = { width: 100, colors: false } as const;

/** The rows of a run's tasks as a pipe gets them, but for those that a clock runs in: of a thousand tasks these are few. */
export type LaidRows = {
  layout: RowLayout;
  /** Index of the row → what it says; in `text` it is an empty line. */
  running: [number, RowFacts][];
  /** A line a row, without a margin. */
  text: string;
};

export function layForPipe(tasks: readonly RowFacts[], now: number): LaidRows {
  const { width } = pipeLook;
  const rows = tasks.map((facts) => rowAt(facts, { isGoing: true, now, width }));
  const layout = layoutRows(rows, width);
  const running = [...tasks.entries()].filter(([, facts]) => hasClock(facts));
  const paint = createPaint(false);
  const left = new Set(running.map(([index]) => index));
  const lines = rows.map((row, index) =>
    left.has(index) ? "" : margin(width) + renderRow(row, { width, layout, paint }),
  );
  return { layout, running, text: lines.join("\n") };
}

/** The rows as they are now; null where what the clocks say wants columns of another width. */
export function laidRows(
  { layout, running, text }: LaidRows,
  seen: { isGoing: boolean; now: number },
): string | null {
  const { width } = pipeLook;
  const rows = running.map(([index, facts]) => [index, rowAt(facts, { ...seen, width })] as const);
  if (
    elapsedColumn(
      rows.map(([, row]) => row),
      width,
    ) !== layout.elapsed
  )
    return null;
  if (rows.length === 0) return text;
  const paint = createPaint(false);
  const lines = text.split("\n");
  for (const [index, row] of rows) lines[index] = margin(width) + renderRow(row, { width, layout, paint });
  return lines.join("\n");
}
