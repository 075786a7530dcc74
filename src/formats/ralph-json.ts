import { z } from "zod";
import type { Plan, Task } from "../core/plan.ts";
import { scanJson, setMember, type JsonSource } from "./json-plan.ts";
import { nodeAt } from "./json-source.ts";
import { stemOf } from "./lines.ts";
import type { PlanSource, Scan } from "./scan.ts";
import { paragraphs } from "./sequence.ts";
import { slugOf } from "./task-ids.ts";

const idShape = z.union([z.string(), z.number()], { error: "expected a text or a number" }).transform(String);

const storyShape = z.object({
  id: idShape,
  title: z.string(),
  description: z.string().optional(),
  acceptanceCriteria: z.array(z.string()).default([]),
  priority: z.number().optional(),
  passes: z.boolean().default(false),
  notes: z.string().optional(),
  dependencies: z.array(idShape).optional(),
});

const fileShape = z.object({
  project: z.string().optional(),
  description: z.string().optional(),
  userStories: z.array(storyShape),
});

type Story = z.infer<typeof storyShape>;

/**
 * Reads Ralph's prd.json. Ralph works on one story after another in the order of `priority`, and a story may
 * assume the earlier ones: so an open story needs the open one before it, unless it lists `dependencies`.
 */
export function scanRalphJson(source: PlanSource): Scan {
  return scanJson(source, {
    schema: fileShape,
    format: "ralph-json",
    scan: (json) => scanStories(source, json),
  });
}

function scanStories({ text, file }: PlanSource, json: JsonSource<z.infer<typeof fileShape>>): Scan {
  const { project, description, userStories } = json.value;
  const ticks: Scan["ticks"] = new Map();
  const tasks: Task[] = [];
  let previous: string | null = null;
  const ordered = userStories
    .map((story, index) => ({ story, index }))
    .toSorted((a, b) => (a.story.priority ?? Infinity) - (b.story.priority ?? Infinity) || a.index - b.index);
  for (const { story, index } of ordered) {
    const task = toTask(story, json.lineAt(["userStories", index]));
    const needs: string[] = story.dependencies?.map(idOf) ?? (previous === null ? [] : [previous]);
    tasks.push({ ...task, needs: task.done ? [] : needs });
    if (!task.done) previous = task.id;
    if (ticks.has(task.id)) continue;
    const node = nodeAt(json.root, ["userStories", index]);
    ticks.set(task.id, story.passes ? [] : setMember(text, node, ["passes", "true"]));
  }
  const plan: Plan = {
    title: project?.trim() || stemOf(file),
    prd: description?.trim() ?? "",
    tasks,
    source: { file, format: "ralph-json" },
  };
  return { plan, problems: [], ticks };
}

function toTask(story: Story, line: number): Task {
  return {
    id: idOf(story.id),
    title: story.title.trim(),
    role: "implement",
    needs: [],
    touches: [],
    acceptance: story.acceptanceCriteria.map((criterion) => criterion.trim()).filter(Boolean),
    body: paragraphs(story.description, story.notes),
    done: story.passes,
    line,
  };
}

/** `US-001` → `us-001`. An id without a letter or digit stays, for the validation to name. */
function idOf(id: string): string {
  return slugOf(id) || id;
}
