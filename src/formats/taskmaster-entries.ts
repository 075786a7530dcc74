import type { Task } from "../core/plan.ts";
import { paragraphs } from "./sequence.ts";
import { slugOf } from "./task-ids.ts";

/** A subtask, or what a task has in common with one. */
type TaskmasterItem = {
  id: string;
  title: string;
  description: string;
  details: string;
  testStrategy: string;
  acceptanceCriteria?: string | string[] | null | undefined;
  status: string;
  dependencies: string[];
};
export type TaskmasterTask = TaskmasterItem & { subtasks: TaskmasterItem[] };

/** Every status that Taskmaster knows, and `completed`, which it reads as done. */
export const statuses: readonly string[] = [
  "pending",
  "in-progress",
  "review",
  "blocked",
  "done",
  "completed",
  "cancelled",
  "deferred",
];

/** Cancelled too: nothing is left to do, and Taskmaster lets the tasks after it start. */
const doneStatuses: readonly string[] = ["done", "completed", "cancelled"];

/** A task or subtask as a task of a plan (without its line), where it stands in the list, and its status. */
export type Entry = { task: Task; path: (string | number)[]; status: string };

/**
 * Tasks and subtasks in one list. A subtask `2` of task `1` is `1-2`: it needs what its task needs, and its
 * task needs it, so that the task closes what its subtasks began.
 */
export function flattenEntries(tasks: readonly TaskmasterTask[]): Entry[] {
  return tasks.flatMap((parent, index) => {
    const path = ["tasks", index];
    const own = toTask(parent, { id: idOf(parent.id), needs: parent.dependencies.map(idOf) });
    const subtasks = parent.subtasks.map((item, at): Entry => {
      const needs = [...own.needs, ...item.dependencies.map((id) => siblingOr(id, parent))];
      const task = toTask(item, { id: `${own.id}-${idOf(item.id)}`, needs: [...new Set(needs)] });
      const done = own.done || task.done;
      const status = parent.status === "deferred" ? "deferred" : item.status;
      const body = paragraphs(`Part of "${parent.title.trim()}".`, task.body);
      return {
        task: { ...task, done, needs: done ? [] : task.needs, body },
        path: [...path, "subtasks", at],
        status,
      };
    });
    const open = subtasks.filter(({ status }) => status !== "deferred").map(({ task }) => task.id);
    const needs = own.done ? [] : [...own.needs, ...open];
    const closing = open.length === 0 ? "" : "Its subtasks come first: finish what they leave open.";
    const task = { ...own, needs, body: paragraphs(closing, own.body) };
    return [{ task, path, status: parent.status }, ...subtasks];
  });
}

/** In a subtask a bare number means the sibling, where there is one; `3.1` names another task's subtask. */
function siblingOr(id: string, parent: TaskmasterTask): string {
  const isSibling = parent.subtasks.some((item) => item.id === id);
  return isSibling ? `${idOf(parent.id)}-${idOf(id)}` : idOf(id);
}

function toTask(item: TaskmasterItem, { id, needs }: { id: string; needs: string[] }): Task {
  const done = doneStatuses.includes(item.status);
  return {
    id,
    title: item.title.trim(),
    role: "implement",
    needs: done ? [] : needs,
    touches: [],
    acceptance: [...criteriaOf(item.acceptanceCriteria), item.testStrategy.trim()].filter(Boolean),
    body: paragraphs(item.description, item.details),
    done,
    line: 0,
  };
}

function criteriaOf(criteria: string | string[] | null | undefined): string[] {
  const lines = typeof criteria === "string" ? criteria.split(/\r\n?|\n/) : (criteria ?? []);
  return lines.map((line) => line.trim().replace(/^[-*+]\s+/, ""));
}

/** `1.2` → `1-2`. */
function idOf(id: string): string {
  return slugOf(id) || id;
}
