import type { Task } from "../core/plan.ts";

/**
 * One after another: each open task needs the open one before it. A done task needs nothing, so that what a
 * neighbour's file ticks in another order is no contradiction. Needs that a task already has are kept.
 */
export function inSequence(tasks: readonly Task[]): Task[] {
  let previous: string | null = null;
  return tasks.map((task) => {
    if (task.done) return { ...task, needs: [] };
    const needs: string[] = previous === null ? [] : [previous];
    previous = task.id;
    return { ...task, needs: [...new Set([...needs, ...task.needs])] };
  });
}

/** Where a long line of a checklist is cut to make a title. */
const maxTitle = 100;

/** A title from a long text, and the whole text where the title had to be cut, else "". */
export function headline(text: string): { title: string; rest: string } {
  if (text.length <= maxTitle) return { title: text, rest: "" };
  const cut = text.lastIndexOf(" ", maxTitle - 1);
  return { title: `${text.slice(0, cut > 0 ? cut : maxTitle - 1)}…`, rest: text };
}

/** Paragraphs of a body: what is empty falls out. */
export function paragraphs(...parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => (part ?? "").trim())
    .filter((part) => part !== "")
    .join("\n\n");
}
