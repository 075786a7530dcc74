import { formatDuration } from "../core/duration.ts";
import type { Plan, Task } from "../core/plan.ts";
import { dedent, headingOf, markFences, openingFence, stemOf, toLines, trimBlankLines } from "./lines.ts";
import { joinList } from "./plan-list.ts";
import { escapeBody, escapeProse } from "./plan-md-grammar.ts";

/**
 * A plan as a plan.md, which reads back as the same plan. What the grammar cannot hold is made to fit: line
 * ends in a title and in a key's value become spaces, a code fence that is left open is closed.
 */
export function printPlan({ title, prd, tasks, source }: Plan): string {
  const prose = printProse(prd);
  return [
    printTitle(oneLine(title) || stemOf(source.file)),
    ...(prose === "" ? [] : [prose]),
    "## Tasks",
    ...tasks.map(printTask),
  ]
    .join("\n\n")
    .concat("\n");
}

function printTitle(title: string): string {
  const line = `# ${title}`;
  // Hashes at the end of a heading are not part of it, unless others close it.
  return headingOf({ text: line, fence: null })?.text === title ? line : `${line} #`;
}

function printProse(prd: string): string {
  const { lines } = markFences(toLines(closeFence(prd)));
  const escaped = lines.map(({ text, fence }) => (fence === null ? escapeProse(text) : text));
  return trimBlankLines(escaped).join("\n");
}

function printTask(task: Task): string {
  const key = (name: string, values: readonly string[]): string[] =>
    values
      .map(oneLine)
      .filter(Boolean)
      .map((value) => `  - ${name}: ${value}`);
  const keys = [
    ...key("role", task.role === "implement" ? [] : [task.role]),
    ...key("needs", joinList(task.needs.map(oneLine).filter(Boolean))),
    ...key("touches", joinList(task.touches.map(oneLine).filter(Boolean))),
    ...key("model", task.model === undefined ? [] : [task.model]),
    ...key("agent", task.agent === undefined ? [] : [task.agent]),
    ...key("estimate", task.estimateMs === undefined ? [] : [formatDuration(task.estimateMs)]),
    ...key("accept", task.acceptance),
  ];
  const body = printBody(task.body);
  const head = ["-", task.done ? "[x]" : "[ ]", oneLine(task.title), `\`#${task.id}\``]
    .filter(Boolean)
    .join(" ");
  return [head, ...keys, ...(keys.length > 0 && body.length > 0 ? [""] : []), ...body].join("\n");
}

function printBody(body: string): string[] {
  const text = dedent(closeFence(body).split(/\r\n?|\n/));
  if (text === "") return [];
  const [first = "", ...rest] = text.split("\n");
  return [escapeBody(first), ...rest].map((line) => (line === "" ? "" : `  ${line}`));
}

function closeFence(text: string): string {
  const lines = toLines(text);
  const { unclosed } = markFences(lines);
  if (unclosed === null) return text;
  return `${text}\n${openingFence(lines[unclosed]?.text ?? "") ?? ""}`;
}

function oneLine(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((part) => part.trim())
    .filter(Boolean)
    .join(" ");
}
