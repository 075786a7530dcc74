import type { Plan, Task } from "../core/plan.ts";
import { plainLine } from "../core/plain-text.ts";
import { cut, fill, fillLeft, widest, wrap } from "./fit.ts";
import { counted } from "./format.ts";
import { type Paint, createPaint } from "./paint.ts";

export type PlanTable = {
  plan: Plan;
  /** Who does a task, and with which model, in words. */
  workerOf: (task: Task) => string;
  /** What it may cost and take, in words. */
  estimate: readonly string[];
  width: number;
  colors: boolean;
};

/** The plan as it would be dispatched: every task after what it needs. */
export function renderPlanTable({ plan, workerOf, estimate, width, colors }: PlanTable): string {
  const paint = createPaint(colors);
  const rows = inOrder(plan.tasks).map((task, index) => cellsOf(task, { index, workerOf }));
  const title = cut(
    `${paint.strong(plainLine(plan.title))} ${paint.quiet(plainLine(plan.source.file))}`,
    width,
  );
  const table = layOut([headings, ...rows], width).map((line, index) =>
    index === 0 ? paint.quiet(line) : line,
  );
  const lines = [
    title,
    "",
    ...table,
    "",
    ...renderTotals(plan, paint),
    ...estimate.flatMap((line) => wrap(plainLine(line), width)),
  ];
  return lines.map((line) => cut(line, width)).join("\n");
}

type Cells = {
  number: string;
  id: string;
  title: string;
  role: string;
  needs: string;
  model: string;
  touches: string;
};

const headings: Cells = {
  number: "",
  id: "task",
  title: "title",
  role: "role",
  needs: "needs",
  model: "model",
  touches: "touches",
};

type Columns = { index: number } & Pick<PlanTable, "workerOf">;

function cellsOf(task: Task, { index, workerOf }: Columns): Cells {
  return {
    number: String(index + 1),
    id: plainLine(task.id),
    title: plainLine(task.title),
    role: task.done ? "done" : task.role,
    needs: task.needs.length === 0 ? "–" : task.needs.map(plainLine).join(", "),
    model: task.done ? "–" : plainLine(workerOf(task)),
    touches: task.touches.length === 0 ? "any" : String(task.touches.length),
  };
}

/** Columns in the order in which they are given up on a narrow terminal, last first. */
const columns = ["number", "id", "title", "role", "needs", "model", "touches"] as const;
const most = { number: 4, id: 24, title: 42, role: 9, needs: 24, model: 32, touches: 7 } as const;
const gap = "  ";

function layOut(rows: Cells[], width: number): string[] {
  let room = width;
  const widths = new Map<keyof Cells, number>();
  for (const column of columns) {
    const wanted = widest(
      rows.map((row) => row[column]),
      most[column],
    );
    const given = Math.min(wanted, room);
    if (given < Math.min(wanted, 6)) break;
    widths.set(column, given);
    room -= given + gap.length;
  }
  const shown = [...widths];
  return rows.map((row) => {
    const cells = shown.map(([column, size]) =>
      column === "number" ? fillLeft(row[column], size) : fill(row[column], size),
    );
    return cells.join(gap).trimEnd();
  });
}

function renderTotals({ tasks }: Plan, paint: Paint): string[] {
  const open = tasks.filter((task) => !task.done);
  const byRole = new Map<string, number>();
  for (const { role } of open) byRole.set(role, (byRole.get(role) ?? 0) + 1);
  const parts = [...byRole].map(([role, count]) => `${count} ${role}`);
  const done = tasks.length > open.length ? [`${tasks.length - open.length} already done`] : [];
  return [
    paint.strong(`${counted(open.length, "task")} to do`) +
      (parts.length > 0 ? `: ${[...parts, ...done].join(", ")}` : ""),
  ];
}

/** Plan order, but never a task before what it needs. What is left in a circle comes last, as it stands. */
function inOrder(tasks: readonly Task[]): Task[] {
  const ids = new Set(tasks.map((task) => task.id));
  const placed = new Set<string>();
  const ordered: Task[] = [];
  let waiting = [...tasks];
  while (waiting.length > 0) {
    const isReady = (task: Task): boolean => task.needs.every((need) => placed.has(need) || !ids.has(need));
    const next = waiting.filter(isReady);
    if (next.length === 0) return [...ordered, ...waiting];
    for (const task of next) placed.add(task.id);
    ordered.push(...next);
    waiting = waiting.filter((task) => !placed.has(task.id));
  }
  return ordered;
}
