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
import { tickBox, type PlanSource, type Scan } from "./scan.ts";
import { inSequence } from "./sequence.ts";
import { slugOf } from "./task-ids.ts";

/** `US-001: Title`, as the text of a heading of level 2 to 4. */
const storyHeading = /^(US-\d+[a-z]?)\b[:.]?\s*(?:[-–—]\s+)?(.*)$/is;
const criterion = /^\s*[-*+][ \t]+\[([ xX])\][ \t]+(\S.*)$/s;

type Story = { id: string; title: string; line: number; lines: MarkdownLine[] };

/**
 * Reads the user stories of a Ralph PRD (`tasks/prd-*.md`). They run one after another, as Ralph would. A
 * story whose criteria are all ticked is done; one without criteria has no box, so it can not be ticked.
 */
export function scanRalphPrd({ text, file }: PlanSource): Scan {
  const { title, prose, stories } = readStories(text);
  const ticks: Scan["ticks"] = new Map();
  const tasks = stories.map((story): Task => {
    const boxes = story.lines.filter((line) => line.fence === null && criterion.test(line.text));
    const acceptance = boxes.map((line) => criterion.exec(line.text)?.[2]?.trim() ?? "");
    if (!ticks.has(story.id)) ticks.set(story.id, boxes.length === 0 ? null : boxes.flatMap(tickBox));
    return {
      id: story.id,
      title: story.title,
      role: "implement",
      needs: [],
      touches: [],
      acceptance,
      body: bodyOf(story.lines.filter((line) => !boxes.includes(line))),
      done: boxes.length > 0 && boxes.every((line) => tickBox(line).length === 0),
      line: story.line,
    };
  });
  const plan: Plan = {
    title: title ?? stemOf(file),
    prd: trimBlankLines(prose).join("\n"),
    tasks: inSequence(tasks),
    source: { file, format: "ralph-prd" },
  };
  return { plan, problems: [], ticks };
}

export function looksLikeRalphPrd(text: string): boolean {
  return readStories(text).stories.length > 0;
}

function readStories(text: string): { title: string | null; prose: string[]; stories: Story[] } {
  const prose: string[] = [];
  const stories: Story[] = [];
  let title: string | null = null;
  let open: { story: Story; level: number } | null = null;
  for (const [index, line] of markFences(toLines(text)).lines.entries()) {
    const heading = headingOf(line);
    const match =
      heading === null || heading.level < 2 || heading.level > 4 ? null : storyHeading.exec(heading.text);
    if (heading !== null && match !== null) {
      const story = {
        id: slugOf(match[1] ?? ""),
        title: (match[2] ?? "").trim(),
        line: index + 1,
        lines: [],
      };
      open = { story, level: heading.level };
      stories.push(story);
      continue;
    }
    if (open !== null && heading !== null && heading.level <= open.level) open = null;
    if (open !== null) open.story.lines.push(line);
    else if (title === null && heading?.level === 1 && heading.text !== "") {
      title = heading.text.replace(/^PRD:\s*(?=\S)/i, "");
    } else prose.push(line.text);
  }
  return { title, prose, stories };
}

/** What is left of a story without its criteria: their heading and rules between stories say nothing more. */
function bodyOf(lines: readonly MarkdownLine[]): string {
  return dedent(
    lines
      .map((line) => line.text)
      .filter((text) => !/^\*\*Acceptance Criteria:?\*\*:?\s*$/i.test(text) && !/^-{3,}\s*$/.test(text))
      .map((text) => text.replace(/^\*\*Description:?\*\*:?\s*/i, "")),
  );
}
