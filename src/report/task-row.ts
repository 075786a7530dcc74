import { plainLine } from "../core/plain-text.ts";
import { type TaskRecord, hasEnded } from "../core/run-state.ts";
import { cut, fill, fillLeft, widest } from "./fit.ts";
import { formatElapsed, formatUsd, isScripted } from "./format.ts";
import type { Paint, Tone } from "./paint.ts";
import { describeTask, stateLooks, stoppedLook } from "./task-words.ts";
import { type View, margin } from "./view-input.ts";

/** Columns of each part of a row; 0 where the screen is too narrow for it or no row has it. */
export type RowLayout = { id: number; word: number; detail: number; elapsed: number; spend: number };

const gap = "  ";
/** Silence that is worth saying; a model's long thought takes about this much. */
const quietMs = 60_000;
const narrow = 60;
/** From here on there is room for the longest usual state, so that the columns stand still while states change. */
const wide = 100;

export function layoutRows(records: readonly TaskRecord[], view: View): RowLayout {
  const { width } = view;
  const room = width - margin(width).length;
  const id = widest(
    records.map(({ task }) => plainLine(task.id)),
    width < narrow ? Math.floor(width / 4) : 24,
  );
  const words = widest(
    records.map((record) => stateWord(record, view)),
    19,
  );
  const word = width < wide ? words : Math.max(words, "reviewing attempt 2".length);
  const elapsed = steady(widest(records.map((record) => elapsedText(record, view))), width);
  const spend = width < narrow ? 0 : steady(widest(records.map((record) => spendText(record, view))), width);
  const taken = [1, id, word, elapsed, spend].filter((columns) => columns > 0);
  const gaps = taken.length * gap.length - (width < narrow ? 2 : 1);
  const used = taken.reduce((sum, columns) => sum + columns, gaps);
  return { id, word, detail: Math.max(0, room - used), elapsed, spend };
}

/** Numbers grow as one watches; a column that is wide from the start does not push the others about. */
function steady(columns: number, width: number): number {
  return columns === 0 || width < narrow ? columns : Math.max(columns, 7);
}

/** `● login    working attempt 2  editing src/login.ts   2m 14s  $0.12`. */
export function renderRow(
  record: TaskRecord,
  { view, layout, paint }: { view: View; layout: RowLayout; paint: Paint },
): string {
  const { symbol, tone } = isStopped(record, view) ? stoppedLook : stateLooks[record.state.type];
  const between = view.width < narrow ? " " : gap;
  const isOver = hasEnded(record.state) || record.state.type === "pending";
  const detailTone: Tone = isOver ? "quiet" : "normal";
  const right = [
    layout.elapsed > 0 ? fillLeft(elapsedText(record, view), layout.elapsed) : "",
    layout.spend > 0 ? fillLeft(spendText(record, view), layout.spend) : "",
  ];
  const tail = right
    .filter((part) => part !== "")
    .join(gap)
    .trimEnd();
  const detail = cut(detailText(record, view), layout.detail);
  const name = fill(plainLine(record.task.id), layout.id);
  const word = fill(stateWord(record, view), layout.word);
  const left = `${paint[tone](symbol)} ${isOver ? paint.quiet(name) : paint.strong(name)}${between}${paint[tone](word)}`;
  const middle = tail === "" ? detail : fill(detail, layout.detail);
  const parts = [
    left,
    middle === "" ? "" : between + paint[detailTone](middle),
    tail === "" ? "" : gap + paint.quiet(tail),
  ];
  return cut(parts.join(""), view.width - margin(view.width).length);
}

/** The journal says where a task was; that nobody is at it any more, only the processes say. */
function isStopped({ state }: TaskRecord, { isGoing }: View): boolean {
  return !isGoing && ["working", "gating", "reviewing", "queued", "merging"].includes(state.type);
}

/** `working`, and from the second attempt on `working attempt 2`; where there is little room `working #2`. */
function stateWord(record: TaskRecord, view: View): string {
  const { state, attempts } = record;
  const { width } = view;
  if (isStopped(record, view)) return "stopped";
  if (attempts < 2 || hasEnded(state)) return state.type;
  return width < narrow ? `${state.type} #${attempts}` : `${state.type} attempt ${attempts}`;
}

function detailText(record: TaskRecord, view: View): string {
  const { state, task } = record;
  const activity = view.activities.get(task.id);
  if (isStopped(record, view)) return `while ${state.type}: ${restingText(record)}`;
  if (state.type !== "working" || activity === undefined)
    return describeTask(record, view.state) || restingText(record);
  const silence = view.now - activity.at;
  const text = plainLine(activity.text);
  return silence < quietMs ? text : `quiet for ${formatElapsed(silence)}: ${text}`;
}

/** A task that waits or works without a word is told by what it is about. */
function restingText({ state, task }: TaskRecord): string {
  return state.type === "canceled" ? "" : plainLine(task.title);
}

function elapsedText(record: TaskRecord, view: View): string {
  const { state, task } = record;
  const { since, now } = view;
  const start = since.get(task.id);
  if (isStopped(record, view) || start === undefined || hasEnded(state) || state.type === "pending")
    return "";
  return formatElapsed(now - start);
}

/** `≥` where calls without a known price are left out; the footer says how many. */
function spendText({ spend }: TaskRecord, { state }: View): string {
  if (spend.calls === 0 || isScripted(state)) return "";
  if (spend.unpricedCalls === 0) return formatUsd(spend.usd);
  return spend.unpricedCalls === spend.calls ? "unpriced" : `≥${formatUsd(spend.usd)}`;
}
