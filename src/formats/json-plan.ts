import type { z } from "zod";
import type { Problem } from "../core/error.ts";
import { AgentxError } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import type { PlanFormat } from "../core/plan.ts";
import { nodeAt, parseJson, valueOf, type JsonNode } from "./json-source.ts";
import { stemOf, toLines } from "./lines.ts";
import type { Edit, PlanSource, Scan } from "./scan.ts";

/** A JSON text whose shape is known, and the way from a path in it to its line. */
export type JsonSource<T> = { value: T; root: JsonNode; lineAt: (path: readonly PropertyKey[]) => number };

type ReadOptions<T> = { schema: z.ZodType<T>; format: PlanFormat; scan: (json: JsonSource<T>) => Scan };

/** Reads, checks the shape, and scans; a text that fails is a scan without tasks and with the problems. */
export function scanJson<T>({ text, file }: PlanSource, { schema, format, scan }: ReadOptions<T>): Scan {
  const failed = (problems: readonly Problem[]): Scan => ({
    plan: { title: stemOf(file), prd: "", tasks: [], source: { file, format } },
    problems: [...problems],
    ticks: new Map(),
  });
  let root: JsonNode;
  try {
    root = parseJson({ text, file });
  } catch (error) {
    if (error instanceof AgentxError) return failed(error.problems);
    throw error;
  }
  const lineAt = lineFinder(text, root);
  const parsed = schema.safeParse(valueOf(root));
  if (parsed.success) return scan({ value: parsed.data, root, lineAt });
  return failed(
    parsed.error.issues.map(({ path, message }) => ({
      where: placeAt(file, lineAt(path)),
      what: path.length === 0 ? message : `${pathText(path)}: ${message}`,
      hint: "",
    })),
  );
}

/** 1-based line of the value at a path. Looks lines up by halves: plans have thousands of values. */
function lineFinder(text: string, root: JsonNode): (path: readonly PropertyKey[]) => number {
  const starts = toLines(text).map((line) => line.at);
  return (path) => {
    const offset = nodeAt(root, path).start;
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");
}

/**
 * The edit that gives `name` the JSON `value` in an object: in place, or as a new last member that is set
 * apart as the members before it are.
 */
export function setMember(text: string, object: JsonNode, [name, value]: [string, string]): Edit[] {
  if (object.type !== "object") return [];
  const member = object.members.get(name);
  if (member !== undefined) return [{ start: member.start, end: member.end, text: value }];
  const last = [...object.members.values()].toSorted((a, b) => a.end - b.end).at(-1);
  if (last === undefined) return [{ start: object.start, end: object.end, text: `{ "${name}": ${value} }` }];
  const gap = /^\s*/.exec(text.slice(object.start + 1, object.end))?.[0] ?? "";
  const apart = gap === "" ? " " : gap;
  return [{ start: last.end, end: last.end, text: `,${apart}"${name}": ${value}` }];
}
