import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Plan, Task } from "../core/plan.ts";
import {
  dedent,
  headingOf,
  markFences,
  stemOf,
  toLines,
  trimBlankLines,
  type MarkdownLine,
} from "./lines.ts";
import { pathsIn } from "./paths-in.ts";
import { tickBox, type PlanSource, type Scan } from "./scan.ts";
import { headline, paragraphs } from "./sequence.ts";
import { orderPhases, type Step } from "./spec-kit-order.ts";

/** `- [ ] T001 [P] [US1] Description`. */
const taskLine =
  /^ ?[-*+][ \t]+\[([ xX])\][ \t]+(?:\*\*)?(T\d{3,}[a-z]?)(?:\*\*)?(?=[\s:]|$):?[ \t]*((?:\[[^\]]*\][ \t]*)*)(.*)$/s;

type Item = {
  line: MarkdownLine;
  index: number;
  done: boolean;
  id: string;
  tags: string;
  words: string;
  phase: string;
  below: string[];
};

/** Reads a spec-kit tasks.md. See spec-kit-order.ts for what needs what. */
export function scanSpecKit({ text, file }: PlanSource): Scan {
  const { title, prose, items } = readItems(text);
  const ticks: Scan["ticks"] = new Map();
  const steps = items.map((item): Step => {
    const id = item.id.toLowerCase();
    if (!ticks.has(id)) ticks.set(id, tickBox(item.line));
    return { task: toTask(item), phase: item.phase, parallel: item.tags.includes("[P]") };
  });
  const { tasks, crowded } = orderPhases(steps);
  const problems: Problem[] = crowded.map((step) => ({
    where: placeAt(file, step.task.line),
    what: "too many parallel tasks on both sides of this phase's beginning",
    hint: "Begin the phase with one task that is not [P].",
  }));
  const plan: Plan = {
    title: title ?? stemOf(file),
    prd: trimBlankLines(prose).join("\n"),
    tasks,
    source: { file, format: "spec-kit" },
  };
  return { plan, problems, ticks };
}

export function looksLikeSpecKit(text: string): boolean {
  return markFences(toLines(text)).lines.some((line) => line.fence === null && taskLine.test(line.text));
}

/** Whether a task carries a mark of spec-kit's own, `[P]` or `[US1]`. */
export function hasSpecKitMarks(text: string): boolean {
  return markFences(toLines(text)).lines.some(({ text: words, fence }) => {
    const tags = fence === null ? (taskLine.exec(words)?.[3] ?? "") : "";
    return /\[(?:P|US\d+)\]/.test(tags);
  });
}

function readItems(text: string): { title: string | null; prose: string[]; items: Item[] } {
  const prose: string[] = [];
  const items: Item[] = [];
  let title: string | null = null;
  let phase = "";
  let open: Item | null = null;
  for (const [index, line] of markFences(toLines(text)).lines.entries()) {
    const match = line.fence === null ? taskLine.exec(line.text) : null;
    if (match !== null) {
      const [, box, id = "", tags = "", words = ""] = match;
      open = { line, index, done: box !== " ", id, tags, words: words.trim(), phase, below: [] };
      items.push(open);
      continue;
    }
    if (open !== null && (/^\s/.test(line.text) || line.text === "")) {
      open.below.push(line.text);
      continue;
    }
    open = null;
    const heading = headingOf(line);
    if (heading?.level === 2) phase = heading.text;
    if (title === null && heading?.level === 1 && heading.text !== "") {
      title = heading.text.replace(/^Tasks:\s*(?=\S)/i, "");
    } else prose.push(line.text);
  }
  return { title, prose, items };
}

function toTask({ id, index, done, tags, words, phase, below }: Item): Task {
  const wrapped = below.findIndex((line) => line.trim() === "" || /^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(line));
  const more = wrapped === -1 ? below : below.slice(0, wrapped);
  const description = [words, ...more.map((line) => line.trim())].join(" ").trim();
  const { title, rest } = headline(description);
  const story = /\[(US\d+)\]/.exec(tags)?.[1];
  const place = [phase, story === undefined ? "" : `story ${story}`].filter(Boolean).join(", ");
  return {
    id: id.toLowerCase(),
    title,
    role: "implement",
    needs: needsIn(description),
    touches: pathsIn(description),
    acceptance: [],
    body: paragraphs(rest, dedent(below.slice(more.length)), place),
    done,
    line: index + 1,
  };
}

/** `(depends on T012, T013)`, also `(after T012)`. */
function needsIn(description: string): string[] {
  const named = [...description.matchAll(/\((?:depends on|requires|after)\b([^()]*)\)/gi)];
  return named
    .flatMap((match) => (match[1] ?? "").match(/\bT\d{3,}[a-z]?\b/gi) ?? [])
    .map((id) => id.toLowerCase());
}
