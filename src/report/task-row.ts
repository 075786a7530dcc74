import { plainLine } from "../core/plain-text.ts";
import { type RunState, type TaskRecord, type TaskState, hasEnded } from "../core/run-state.ts";
import { cut, fill, fillLeft, widest } from "./fit.ts";
import { formatElapsed, formatUsd, isScripted } from "./format.ts";
import type { Paint, Tone } from "./paint.ts";
import { describeTask, stateLooks, type StateLook, stoppedLook } from "./task-words.ts";
import { margin } from "./view-input.ts";

/** What a row says of a task whoever looks and when: plain lines, and nothing that hangs on the screen or the clock. */
export type RowFacts = {
  id: string;
  type: TaskState["type"];
  attempts: number;
  detail: string;
  /** What the task is about; empty where no row would say it. */
  title: string;
  /** When it came into its state: milliseconds since 1970. */
  since: number | null;
  spend: string;
};

/** The parts of a row as they are shown now. */
export type Row = {
  name: string;
  word: string;
  detail: string;
  elapsed: string;
  spend: string;
  look: StateLook;
  isOver: boolean;
};

/** Columns of each part of a row; 0 where the screen is too narrow for it or no row has it. */
export type RowLayout = { id: number; word: number; detail: number; elapsed: number; spend: number };

const gap = "  ";
/** Silence that is worth saying; a model's long thought takes about this much. */
const quietMs = 60_000;
const narrow = 60;
/** From here on there is room for the longest usual state, so that the columns stand still while states change. */
const wide = 100;

export function rowFacts(
  record: TaskRecord,
  { state, since }: { state: RunState; since: number | null },
): RowFacts {
  const { task, attempts } = record;
  const { type } = record.state;
  const title = type === "canceled" ? "" : plainLine(task.title);
  return {
    id: plainLine(task.id),
    type,
    attempts,
    // A task that waits or works without a word is told by what it is about.
    detail: describeTask(record, state) || title,
    title: isUnderWay(type) ? title : "",
    since,
    spend: spendText(record, state),
  };
}

type Seen = { isGoing: boolean; now: number; width: number };

/** @param activity what its worker said last that it does, and when; null for nothing */
export function rowAt(
  facts: RowFacts,
  { isGoing, now, width }: Seen,
  activity: { text: string; at: number } | null = null,
): Row {
  const { type, attempts, since } = facts;
  // The journal says where a task was; that nobody is at it any more, only the processes say.
  const isStopped = !isGoing && isUnderWay(type);
  const isEnd = hasEnded({ type });
  const isSilent = isStopped || type !== "working" || activity === null;
  const isCounted = !isStopped && since !== null && hasClock(facts);
  const told = isStopped ? `while ${type}: ${facts.title}` : facts.detail;
  return {
    name: facts.id,
    word: isStopped ? "stopped" : isEnd ? type : stateWord({ type, attempts }, width),
    detail: isSilent ? told : activityText(activity, now),
    elapsed: isCounted ? formatElapsed(now - since) : "",
    spend: facts.spend,
    look: isStopped ? stoppedLook : stateLooks[type],
    isOver: isEnd || type === "pending",
  };
}

export function layoutRows(rows: readonly Row[], width: number): RowLayout {
  const room = width - margin(width).length;
  const id = widest(
    rows.map(({ name }) => name),
    width < narrow ? Math.floor(width / 4) : 24,
  );
  const words = widest(
    rows.map(({ word }) => word),
    19,
  );
  const word = width < wide ? words : Math.max(words, "reviewing attempt 2".length);
  const elapsed = elapsedColumn(rows, width);
  const spend = width < narrow ? 0 : steady(widest(rows.map((row) => row.spend)), width);
  const taken = [1, id, word, elapsed, spend].filter((columns) => columns > 0);
  const gaps = taken.length * gap.length - (width < narrow ? 2 : 1);
  const used = taken.reduce((sum, columns) => sum + columns, gaps);
  return { id, word, detail: Math.max(0, room - used), elapsed, spend };
}

export function elapsedColumn(rows: readonly Row[], width: number): number {
  return steady(widest(rows.map((row) => row.elapsed)), width);
}

/** Whether its row may say how long it has been so. */
export function hasClock({ type }: RowFacts): boolean {
  return type !== "pending" && !hasEnded({ type });
}

/** Numbers grow as one watches; a column that is wide from the start does not push the others about. */
function steady(columns: number, width: number): number {
  return columns === 0 || width < narrow ? columns : Math.max(columns, 7);
}

/** `● login    working attempt 2  editing src/login.ts   2m 14s  $0.12`. */
export function renderRow(
  row: Row,
  { width, layout, paint }: { width: number; layout: RowLayout; paint: Paint },
): string {
  const { symbol, tone } = row.look;
  const between = width < narrow ? " " : gap;
  const detailTone: Tone = row.isOver ? "quiet" : "normal";
  const elapsed = layout.elapsed > 0 ? gap + fillLeft(row.elapsed, layout.elapsed) : "";
  const spend = layout.spend > 0 ? gap + fillLeft(row.spend, layout.spend) : "";
  const tail = (elapsed + spend).trimEnd();
  const name = fill(row.name, layout.id);
  const word = fill(row.word, layout.word);
  const detail = tail === "" ? cut(row.detail, layout.detail) : fill(row.detail, layout.detail);
  const left = `${paint[tone](symbol)} ${row.isOver ? paint.quiet(name) : paint.strong(name)}${between}${paint[tone](word)}`;
  const middle = detail === "" ? "" : between + paint[detailTone](detail);
  const line = left + middle + (tail === "" ? "" : gap + paint.quiet(tail.slice(gap.length)));
  // Where there is room for a detail it all fits, and to measure what is painted takes longer than all the rest.
  return layout.detail > 0 ? line : cut(line, width - margin(width).length);
}

function isUnderWay(type: TaskState["type"]): boolean {
  return ["working", "gating", "reviewing", "queued", "merging"].includes(type);
}

/** `working`, and from the second attempt on `working attempt 2`; where there is little room `working #2`. */
function stateWord({ type, attempts }: Pick<RowFacts, "type" | "attempts">, width: number): string {
  if (attempts < 2) return type;
  return width < narrow ? `${type} #${attempts}` : `${type} attempt ${attempts}`;
}

function activityText({ text, at }: { text: string; at: number }, now: number): string {
  const silence = now - at;
  return silence < quietMs ? plainLine(text) : `quiet for ${formatElapsed(silence)}: ${plainLine(text)}`;
}

/** `≥` where calls without a known price are left out; the footer says how many. */
function spendText({ spend }: TaskRecord, state: RunState): string {
  if (spend.calls === 0 || isScripted(state)) return "";
  if (spend.unpricedCalls === 0) return formatUsd(spend.usd);
  return spend.unpricedCalls === spend.calls ? "unpriced" : `≥${formatUsd(spend.usd)}`;
}
