import { isMap, LineCounter, parseDocument, type Document } from "yaml";

import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";
import { beyondLimits } from "./yaml-limits.ts";

const aliasHint = "write the values out instead of the alias (*name)";

export type Path = readonly PropertyKey[];

export type YamlSource = {
  value: unknown;
  /** `agentx.yaml:12` for a value, or for a key of the mapping at `path`; the nearest parent when it is missing. */
  placeOf: (path: Path, key?: string) => string;
};

/** Either a value with its places, or what is wrong with the YAML itself. */
export function readYaml(text: string, file: string): { source: YamlSource } | { problems: Problem[] } {
  const beyond = beyondLimits(text, file);
  if (beyond !== null) return { problems: [beyond] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings].map((issue) => ({
    where: placeAt(file, lines.linePos(issue.pos[0]).line),
    what: issue.message,
    hint: "check this line and the one before it: the indentation, quotes and brackets, and a space after each colon",
  }));
  if (problems.length > 0) return { problems };
  try {
    const value: unknown = document.toJS();
    const placeOf = (path: Path, key?: string): string => {
      const offset = offsetOf(document, path, key);
      return offset === null ? file : placeAt(file, lines.linePos(offset).line);
    };
    return { source: { value, placeOf } };
  } catch (error) {
    // An alias that points nowhere, or ones that multiply without end.
    return {
      problems: [
        {
          where: placeAt(file, lineOfAlias(text)),
          what: error instanceof Error ? error.message : String(error),
          hint: aliasHint,
        },
      ],
    };
  }
}

/** The parser does not say which alias it was: the first one is where to look. */
function lineOfAlias(text: string): number {
  const at = text.search(/(?<=^|[\s,[{:-])\*[^\s,\]}]/);
  return text.slice(0, Math.max(0, at)).split(/\r\n?|\n/).length;
}

function offsetOf(document: Document, path: Path, key?: string): number | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const own = length === path.length ? key : undefined;
    const found = (own === undefined ? null : keyOffset(node, own)) ?? rangeStart(node);
    if (found === null) continue;
    // A mapping's value begins on the line after its key, and the key is what one looks for.
    const last = path[length - 1];
    const parent = length > 1 ? document.getIn(path.slice(0, length - 1), true) : document.contents;
    return own === undefined && typeof last === "string" ? (keyOffset(parent, last) ?? found) : found;
  }
  return null;
}

function keyOffset(node: unknown, key: string): number | null {
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => String(item.key) === key);
  return rangeStart(pair?.key);
}

function rangeStart(node: unknown): number | null {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range))
    return null;
  const [start] = node.range as unknown[];
  return typeof start === "number" ? start : null;
}
