import { didYouMean } from "../core/closest.ts";
import { isDuration, parseDuration } from "../core/duration.ts";
import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { Task, TaskRole } from "../core/plan.ts";
import { dedent, type MarkdownLine } from "./lines.ts";
import { splitList } from "./plan-list.ts";
import { isPlanKey, keyLineOf, planKeys, unescapeBody, type PlanKey } from "./plan-md-grammar.ts";

/** A task's own line and the lines below it that belong to it; `line` is the 1-based number of the first. */
export type TaskBlock = {
  line: number;
  done: boolean;
  title: string;
  id: string | null;
  below: { number: number; line: MarkdownLine }[];
};

type KeyValue = { word: string; value: string; number: number; indent: number };

/** The task of a block. Whatever is wrong with its keys is handed to `report`. */
export function readTask(
  block: TaskBlock & { taskId: string },
  { file, report }: { file: string; report: (problem: Problem) => void },
): Task {
  const { keys, body } = splitBlock(block);
  const said = new Map<PlanKey, string[]>(planKeys.map((key) => [key, []]));
  for (const { word, value, number } of keys) {
    const where = placeAt(file, number);
    if (!isPlanKey(word)) {
      const others = `The keys are ${planKeys.join(", ")}; other text starts below them with a line of prose.`;
      report({ where, what: `unknown key "${word}"`, hint: didYouMean(word, planKeys, others) });
    } else if (isSaidOnce(word) && value !== "" && said.get(word)?.length === 1) {
      report({ where, what: `"${block.taskId}" has a second "${word}"`, hint: "Keep one of the two." });
    } else if (value !== "") said.get(word)?.push(value);
  }
  const list = (key: PlanKey): string[] => [...new Set((said.get(key) ?? []).flatMap(splitList))];
  const model = unquote(said.get("model")?.[0] ?? "");
  const agent = unquote(said.get("agent")?.[0] ?? "");
  const estimate = unquote(said.get("estimate")?.[0] ?? "");
  return {
    id: block.taskId,
    title: block.title,
    // An unknown role is kept for the validation to name: such a plan is never handed on.
    role: (unquote(said.get("role")?.[0] ?? "").toLowerCase() || "implement") as TaskRole,
    needs: [
      ...new Set(
        list("needs")
          .map((need) => need.replace(/^#+/, ""))
          .filter((need) => need !== ""),
      ),
    ],
    touches: list("touches"),
    acceptance: said.get("accept") ?? [],
    ...(model === "" ? {} : { model }),
    ...(agent === "" ? {} : { agent }),
    // What is no duration is kept as no number for the validation to name.
    ...(estimate === "" ? {} : { estimateMs: isDuration(estimate) ? parseDuration(estimate) : Number.NaN }),
    body,
    done: block.done,
    line: block.line,
  };
}

function isSaidOnce(key: PlanKey): boolean {
  return key === "role" || key === "model" || key === "agent" || key === "estimate";
}

/** Keys come first; the first line that is neither a key nor part of one begins the body. */
function splitBlock({ below }: TaskBlock): { keys: KeyValue[]; body: string } {
  const keys: KeyValue[] = [];
  let last: KeyValue | null = null;
  let at = 0;
  for (; at < below.length; at++) {
    const entry = below[at];
    if (entry === undefined || entry.line.fence !== null) break;
    const { number, line } = entry;
    if (line.text.trim() === "") {
      last = null;
      continue;
    }
    const key: KeyValue | null = last === null ? null : continueKey(last, { text: line.text, number });
    if (key !== null) {
      if (key !== last) keys.push(key);
      last = key;
      continue;
    }
    const found = keyLineOf(line.text);
    if (found === null) break;
    last = { ...found, number };
    keys.push(last);
  }
  const [first, ...rest] = below.slice(at).map(({ line }) => line.text);
  return { keys, body: first === undefined ? "" : dedent([unescapeBody(first), ...rest]) };
}

/** A deeper line goes on with the key above it: a bullet as one more value of it, text as more of its words. */
function continueKey(last: KeyValue, { text, number }: { text: string; number: number }): KeyValue | null {
  if (text.length - text.trimStart().length <= last.indent) return null;
  const words = text.trim();
  const bullet = /^[-*+][ \t]+(.*)$/s.exec(words);
  if (bullet !== null) return { ...last, value: (bullet[1] ?? "").trim(), number };
  last.value = last.value === "" ? words : `${last.value} ${words}`;
  return last;
}

function unquote(value: string): string {
  return value.replace(/^`(.*)`$/s, "$1").trim();
}
