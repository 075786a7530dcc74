import { z } from "zod";
import { didYouMean } from "../core/closest.ts";
import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Plan, Task } from "../core/plan.ts";
import { scanJson, setMember, type JsonSource } from "./json-plan.ts";
import { nodeAt } from "./json-source.ts";
import { stemOf } from "./lines.ts";
import type { PlanSource, Scan } from "./scan.ts";
import { flattenEntries, statuses, type Entry } from "./taskmaster-entries.ts";

const idShape = z.union([z.number(), z.string()], { error: "expected a text or a number" }).transform(String);
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

const itemShape = z.object({
  id: idShape,
  title: z.string(),
  description: optionalText,
  details: optionalText,
  testStrategy: optionalText,
  acceptanceCriteria: z.union([z.string(), z.array(z.string())]).nullish(),
  status: z.string().default("pending"),
  dependencies: z
    .array(idShape)
    .nullish()
    .transform((ids) => ids ?? []),
});
const taskShape = itemShape.extend({
  subtasks: z
    .array(itemShape)
    .nullish()
    .transform((items) => items ?? []),
});
const listShape = z.object({
  tasks: z.array(taskShape),
  meta: z.object({ projectName: z.string().optional() }).optional(),
  metadata: z.object({ description: z.string().optional() }).optional(),
});

/** Reads Taskmaster's tasks.json, `{ tasks: […] }` or by tag, `{ master: { tasks: […] } }`. */
export function scanTaskmaster(source: PlanSource): Scan {
  return scanJson(source, {
    schema: z.record(z.string(), z.unknown()),
    format: "taskmaster",
    scan: ({ value }) => {
      const tag = tagOf(value);
      const schema = tag === null ? listShape : z.looseObject({ [tag]: listShape });
      return scanJson<unknown>(source, {
        schema,
        format: "taskmaster",
        scan: (json) => {
          const list = listShape.parse(tag === null ? json.value : valueIn(json.value, tag));
          return scanList(source, { ...json, value: list, tag });
        },
      });
    },
  });
}

/** The tag that is read: `master`, or the first with tasks where there is no master; null for the old form. */
function tagOf(value: Record<string, unknown>): string | null {
  if ("tasks" in value) return null;
  if ("master" in value) return "master";
  return Object.keys(value).find((name) => valueIn(value[name], "tasks") !== undefined) ?? "master";
}

function valueIn(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

type List = JsonSource<z.infer<typeof listShape>> & { tag: string | null };

function scanList({ text, file }: PlanSource, { value, root, lineAt, tag }: List): Scan {
  const inFile = (path: Entry["path"]): PropertyKey[] => (tag === null ? path : [tag, ...path]);
  const problems: Problem[] = [];
  const ticks: Scan["ticks"] = new Map();
  const entries = flattenEntries(value.tasks);
  const deferred = new Set(entries.filter((entry) => entry.status === "deferred").map(({ task }) => task.id));
  for (const { task, path, status } of entries) {
    const where = placeAt(file, lineAt(inFile(path)));
    if (!statuses.includes(status)) {
      const what = `"${task.id}" has the unknown status "${status}"`;
      problems.push({
        where,
        what,
        hint: didYouMean(status, statuses, `It is one of ${statuses.join(", ")}.`),
      });
    }
    for (const need of deferred.has(task.id) ? [] : task.needs.filter((id) => deferred.has(id))) {
      const what = `"${task.id}" needs "${need}", which is deferred`;
      problems.push({ where, what, hint: "Take it up again, or remove the dependency." });
    }
    if (ticks.has(task.id)) continue;
    const node = nodeAt(root, inFile(path));
    ticks.set(task.id, task.done ? [] : setMember(text, node, ["status", `"done"`]));
  }
  const tasks: Task[] = entries
    .filter(({ task }) => !deferred.has(task.id))
    .map(({ task, path }) => {
      const needs = task.needs.filter((id) => !deferred.has(id));
      return { ...task, needs, line: lineAt(inFile(path)) };
    });
  const title = value.meta?.projectName?.trim() || (tag ?? stemOf(file));
  const prd = value.metadata?.description?.trim() ?? "";
  const plan: Plan = { title, prd, tasks, source: { file, format: "taskmaster" } };
  return { plan, problems, ticks };
}
