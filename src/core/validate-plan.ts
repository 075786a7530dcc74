import { closest, didYouMean } from "./closest.ts";
import type { Problem } from "./error.ts";
import { placeAt, sortByPlace } from "./place.ts";
import { findCycles } from "./plan-cycles.ts";
import { isReadOnly, taskRoles, type Plan, type Task } from "./plan.ts";

/** The branch `agentx/<run>/integration` is the run's own. */
export const reservedIds: readonly string[] = ["integration"];

/** An id becomes a branch and a folder; file systems end a name at 255 bytes. */
const maxIdLength = 100;

/** Looking for what was meant is a comparison with every id: enough for a person, bounded for a generated plan. */
const maxSuggestions = 100;

/** A circle that is longer than this is named by its two ends, and of more ids the first. */
const maxNamed = 30;

/** Everything that is wrong with a plan, in the order of its lines; empty when it can be run. */
export function validatePlan(plan: Plan): Problem[] {
  const { file, format } = plan.source;
  if (plan.tasks.length === 0) {
    const hint = format === "plan" ? `Write each as "- [ ] Title" under "## Tasks".` : "";
    return [{ where: file, what: "the plan has no tasks", hint }];
  }
  const problems = [
    ...duplicateProblems(plan),
    ...plan.tasks.flatMap((task) => taskProblems(task, file)),
    ...needProblems(plan),
    ...cycleProblems(plan),
  ];
  return sortByPlace(problems, file);
}

function duplicateProblems({ tasks, source }: Plan): Problem[] {
  const first = new Map<string, Task>();
  const problems: Problem[] = [];
  for (const task of tasks) {
    const earlier = first.get(task.id);
    if (earlier === undefined) first.set(task.id, task);
    else {
      const there = earlier.line === 0 ? "" : ` (line ${earlier.line})`;
      problems.push({
        where: placeAt(source.file, task.line),
        what: `the id "${task.id}" is already taken by "${earlier.title}"${there}`,
        hint: "Give one of the two another id.",
      });
    }
  }
  return problems;
}

function taskProblems(task: Task, file: string): Problem[] {
  const where = placeAt(file, task.line);
  const problems: Problem[] = [];
  const add = (what: string, hint: string): void => void problems.push({ where, what, hint });
  if (task.title.trim() === "")
    add(`the task "${task.id}" has no title`, "Say in a few words what is to be done.");
  if (!/^[a-z0-9][a-z0-9-]*$/.test(task.id)) {
    add(`"${task.id}" is not an id`, "Use small letters, digits and hyphens, such as `session-store`.");
  } else if (task.id.length > maxIdLength) {
    add(`the id "${task.id.slice(0, 20)}…" has ${task.id.length} characters`, `Use at most ${maxIdLength}.`);
  }
  if (reservedIds.includes(task.id)) {
    add(`the id "${task.id}" is reserved for the run's own branch`, "Give the task another id.");
  }
  if (!taskRoles.includes(task.role)) {
    const known = `A task's role is ${taskRoles.join(", ")}.`;
    add(`"${task.id}" has the unknown role "${task.role}"`, didYouMean(task.role, taskRoles, known));
  }
  if (isReadOnly(task.role) && task.touches.length > 0) {
    add(
      `"${task.id}" is a ${task.role} task, which changes no files, but touches ${task.touches.join(", ")}`,
      `Remove its "touches", or make its role "implement".`,
    );
  }
  if (task.model !== undefined && !/^[^/\s]+\/\S+$/.test(task.model)) {
    add(`"${task.id}" asks for the model "${task.model}", which names no provider`, "Write provider/model.");
  }
  if (task.estimateMs !== undefined && !(task.estimateMs > 0)) {
    add(
      `"${task.id}" has an "estimate" that is no duration`,
      "Write a number and its unit, such as 20m or 2h.",
    );
  }
  // Whether there is such an agent is known to the configuration, and looked at before a run starts.
  if (task.agent !== undefined && !/^[A-Za-z][\w.-]*$/.test(task.agent)) {
    add(
      `"${task.id}" asks for the agent "${task.agent}", which is no name`,
      "Write one name, such as codex.",
    );
  }
  return problems;
}

function needProblems({ tasks, source }: Plan): Problem[] {
  const ids = tasks.slice(0, maxNamed).map(({ id }) => id);
  const addOrRemove = `Remove the need, or add the task; there are ${ids.join(", ")}${tasks.length > ids.length ? " …" : ""}.`;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const meant = new Map<string, string | null>();
  const suggest = (need: string): string | null => {
    const known = meant.get(need);
    if (known !== undefined || meant.size >= maxSuggestions) return known ?? null;
    const near = closest(need, byId.keys());
    meant.set(need, near);
    return near;
  };
  const problemOf = (task: Task, need: string): Omit<Problem, "where"> | null => {
    const needed = byId.get(need);
    if (needed === undefined) {
      const near = suggest(need);
      const hint = near === null || near === task.id ? addOrRemove : `Did you mean "${near}"?`;
      return { what: `"${task.id}" needs "${need}", which no task has`, hint };
    }
    if (need === task.id) return { what: `"${task.id}" needs itself`, hint: "Remove that need." };
    if (!task.done || needed.done) return null;
    return {
      what: `"${task.id}" is done, but needs "${need}", which is not`,
      hint: `Tick "${need}", untick "${task.id}", or remove the need.`,
    };
  };
  return tasks.flatMap((task) => {
    const problems = [...new Set(task.needs)].map((need) => problemOf(task, need));
    const where = placeAt(source.file, task.line);
    return problems.filter((problem) => problem !== null).map((problem) => ({ where, ...problem }));
  });
}

function cycleProblems({ tasks, source }: Plan): Problem[] {
  const lines = new Map(tasks.map((task) => [task.id, task.line]));
  return findCycles(tasks).map((cycle) => ({
    where: placeAt(source.file, lines.get(cycle[0] ?? "") ?? 0),
    what: `"${cycle[0]}" needs itself in a circle: ${pathOf(cycle)}`,
    hint: "Remove one of these needs.",
  }));
}

function pathOf(cycle: readonly string[]): string {
  const whole = [...cycle, ...cycle.slice(0, 1)];
  const half = maxNamed / 2;
  const shown =
    whole.length <= maxNamed
      ? whole
      : [...whole.slice(0, half), `… ${whole.length - maxNamed} more …`, ...whole.slice(-half)];
  return shown.join(" → ");
}
