import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Plan } from "../core/plan.ts";
import { headingOf, markFences, stemOf, toLines, trimBlankLines, type MarkdownLine } from "./lines.ts";
import { isIndented, isTasksHeading, taskLineOf, unescapeProse } from "./plan-md-grammar.ts";
import { readTask, type TaskBlock } from "./plan-md-task.ts";
import { acceptScan, tickBox, type PlanSource, type Scan } from "./scan.ts";
import { assignIds } from "./task-ids.ts";

/**
 * Reads a plan.md: a PRD with a `## Tasks` section. See docs/formats.md for the grammar.
 *
 * @throws AgentxError `PLAN_INVALID` with every problem and its line.
 */
export function parsePlan(source: PlanSource): Plan {
  return acceptScan(scanPlan(source));
}

/** Whether the text has a `## Tasks` section with a box in it, which is what makes it a plan.md. */
export function looksLikePlan(text: string): boolean {
  let inTasks = false;
  for (const line of markFences(toLines(text)).lines) {
    const level = headingOf(line)?.level ?? 7;
    if (level <= 2) inTasks = isTasksHeading(line);
    else if (inTasks && line.fence === null && /^ ?[-*+]?[ \t]*\[.?\]/.test(line.text)) return true;
  }
  return false;
}

/** The same, for a text that may be wrong: what could be read, and what is wrong with it. */
export function scanPlan({ text, file }: PlanSource): Scan {
  const { lines, unclosed } = markFences(toLines(text));
  const { title, prose, blocks, problems } = readSections(lines, file);
  if (unclosed !== null) {
    const what = "this code fence is never closed";
    problems.push({ where: placeAt(file, unclosed + 1), what, hint: "Close it with the same marks." });
  }
  const ids = assignIds(blocks);
  const report = (problem: Problem): void => void problems.push(problem);
  const tasks = blocks.map((block, index) =>
    readTask({ ...block, taskId: ids[index] ?? "" }, { file, report }),
  );
  const ticks: Scan["ticks"] = new Map();
  for (const task of tasks) {
    const line = lines[task.line - 1];
    if (line !== undefined && !ticks.has(task.id)) ticks.set(task.id, tickBox(line));
  }
  const prd = prose
    .map((chunk) => trimBlankLines(chunk).join("\n"))
    .filter((chunk) => chunk !== "")
    .join("\n\n");
  const plan: Plan = { title: title ?? stemOf(file), prd, tasks, source: { file, format: "plan" } };
  return { plan, problems, ticks };
}

type Sections = { title: string | null; prose: string[][]; blocks: TaskBlock[]; problems: Problem[] };

/** Sorts every line into the title, the prose (in unbroken chunks), or a task. Nothing is dropped. */
function readSections(lines: readonly MarkdownLine[], file: string): Sections {
  const sections: Sections = { title: null, prose: [[]], blocks: [], problems: [] };
  let inTasks = false;
  let block: TaskBlock | null = null;
  let owner: TaskBlock | null = null;
  for (const [index, line] of lines.entries()) {
    const heading = headingOf(line);
    if (heading !== null && heading.level <= 2) {
      block = null;
      inTasks = isTasksHeading(line);
      if (inTasks) sections.prose.push([]);
      else if (heading.level === 1 && heading.text !== "" && sections.title === null)
        sections.title = heading.text;
      else sections.prose.at(-1)?.push(unescapeProse(line.text));
      continue;
    }
    const inside = line.fence !== null && line.fence < index;
    if (!inside) owner = block !== null && (isIndented(line.text) || line.text.trim() === "") ? block : null;
    if (owner !== null) {
      owner.below.push({ number: index + 1, line });
      continue;
    }
    const item = inTasks && line.fence === null ? taskLineOf(line.text) : null;
    if (item !== null) {
      block = { ...item, line: index + 1, below: [] };
      sections.blocks.push(block);
      sections.prose.push([]);
      continue;
    }
    const problem = inTasks && line.fence === null ? looseItem(line.text) : null;
    if (problem !== null) sections.problems.push({ where: placeAt(file, index + 1), ...problem });
    if (!inside) block = null;
    sections.prose.at(-1)?.push(line.fence === null ? unescapeProse(line.text) : line.text);
  }
  return sections;
}

/** A list item among the tasks that is none: forgotten boxes and lost indentation must not turn into prose. */
function looseItem(text: string): Omit<Problem, "where"> | null {
  const box = /^ ?[-*+]?[ \t]*(\[.?\])/.exec(text);
  if (box !== null) {
    const hint = `Write "- [ ] Title" for a task, "- [x] Title" for one that is done.`;
    return { what: `"${box[1]}" is not the box of a task`, hint };
  }
  const item = /^ ?(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)$/s.exec(text);
  if (item === null) return null;
  return {
    what: `"${(item[1] ?? "").trim()}" is neither a task nor part of one`,
    hint: `Write "- [ ] " before a task's title, and two spaces before what belongs to a task.`,
  };
}
