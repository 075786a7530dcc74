import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Plan } from "../core/plan.ts";
import { dedent, headingOf, markFences, stemOf, toLines, type MarkdownLine } from "./lines.ts";
import { isPlanKey, keyLineOf } from "./plan-md-grammar.ts";
import { tickBox, type PlanSource, type Scan } from "./scan.ts";
import { headline, inSequence, paragraphs } from "./sequence.ts";
import { assignIds } from "./task-ids.ts";

/** `[ ]` open, `[x]` done, `[?]` waits for an answer, `[!]` went wrong: the last two are still to be done. */
const itemLine = /^ ?[-*+][ \t]+\[([ xX?!])\][ \t]+(\S.*)$/s;

type Item = {
  line: MarkdownLine;
  index: number;
  done: boolean;
  text: string;
  note: string;
  /** 1-based numbers and words of the lines that belong to it. */
  below: { number: number; text: string }[];
};

/** Reads a Dispatch checklist. One worker goes through it from top to bottom, so each item needs the one before it. */
export function scanDispatch({ text, file }: PlanSource): Scan {
  const { title, items, prd } = readChecklist(text);
  const ids = assignIds(items.map((item) => ({ id: null, title: item.text })));
  const tasks = items.map((item, index) => {
    const { title: short, rest } = headline(item.text);
    const body = paragraphs(rest, item.note, dedent(item.below.map(({ text: words }) => words)));
    const id = ids[index] ?? "";
    const line = item.index + 1;
    return {
      id,
      title: short,
      role: "implement" as const,
      needs: [],
      touches: [],
      acceptance: [],
      body,
      done: item.done,
      line,
    };
  });
  const ticks: Scan["ticks"] = new Map(items.map((item, index) => [ids[index] ?? "", tickBox(item.line)]));
  const plan: Plan = {
    title: title ?? stemOf(file),
    prd,
    tasks: inSequence(tasks),
    source: { file, format: "dispatch" },
  };
  return { plan, problems: misplacedKey(items, file), ticks };
}

/** Keys mean nothing in a checklist: whoever writes them means a plan.md, and forgot its heading. */
function misplacedKey(items: readonly Item[], file: string): Problem[] {
  for (const { number, text } of items.flatMap(({ below }) => below)) {
    const word = keyLineOf(text)?.word ?? "";
    if (!isPlanKey(word)) continue;
    return [
      {
        where: placeAt(file, number),
        what: `"${word}" is a key of tasks below a heading "## Tasks", and there is no such heading`,
        hint: "Write ## Tasks on a line of its own above the first box.",
      },
    ];
  }
  return [];
}

/** A checklist and nothing else: a title, items with what is indented below them, and quoted notes. */
export function looksLikeDispatch(text: string): boolean {
  const { items, strangers } = readChecklist(text);
  return items.length > 0 && strangers === 0;
}

function readChecklist(text: string): {
  title: string | null;
  items: Item[];
  prd: string;
  strangers: number;
} {
  const items: Item[] = [];
  const notes: string[] = [];
  let title: string | null = null;
  let strangers = 0;
  for (const [index, line] of markFences(toLines(text)).lines.entries()) {
    const last = items.at(-1);
    const match = line.fence === null ? itemLine.exec(line.text) : null;
    if (match !== null) {
      const [words = "", ...note] = (match[2] ?? "").split(" — ");
      const done = match[1] === "x" || match[1] === "X";
      items.push({ line, index, done, text: words.trim(), note: note.join(" — ").trim(), below: [] });
    } else if (last !== undefined && (/^\s/.test(line.text) || line.text === "" || isReason(line.text))) {
      last.below.push({ number: index + 1, text: line.text });
    } else if (line.text.startsWith(">")) notes.push(line.text.replace(/^>\s?/, ""));
    else if (title === null && last === undefined && headingOf(line)?.level === 1)
      title = headingOf(line)?.text || null;
    else if (line.text.trim() !== "") strangers++;
  }
  return { title, items, prd: dedent(notes), strangers };
}

/** A reason may stand at the margin, on the line after a `[?]` or `[!]` item. */
function isReason(text: string): boolean {
  return /^(?:Blocked|Error|Reason):/i.test(text);
}
