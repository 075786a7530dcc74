import { splitDiff } from "../split-diff.ts";

/** Where a patch takes lines away and puts others in their place; numbers are 1-based. */
export type PatchGroup = { oldLine: number; newLine: number; removed: string[]; added: string[] };

/** Path → its groups of changed lines, in order. */
export function parsePatch(diff: string): Map<string, PatchGroup[]> {
  return new Map(splitDiff(diff).map(({ file, text }) => [unquote(file), groupsOf(text)]));
}

function groupsOf(section: string): PatchGroup[] {
  const groups: PatchGroup[] = [];
  let group: PatchGroup | null = null;
  let oldLine = 0;
  let newLine = 0;
  let isInHunk = false;
  for (const line of section.split("\n")) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      // Where a side is empty, git names the line before.
      oldLine = Number(hunk[1]) + (hunk[2] === "0" ? 1 : 0);
      newLine = Number(hunk[3]) + (hunk[4] === "0" ? 1 : 0);
      isInHunk = true;
      group = null;
      continue;
    }
    const mark = line[0];
    if (!isInHunk || mark === "\\") continue;
    if (mark !== "-" && mark !== "+") {
      group = null;
      oldLine += 1;
      newLine += 1;
      continue;
    }
    if (group === null) {
      group = { oldLine, newLine, removed: [], added: [] };
      groups.push(group);
    }
    if (mark === "-") {
      group.removed.push(line.slice(1));
      oldLine += 1;
    } else {
      group.added.push(line.slice(1));
      newLine += 1;
    }
  }
  return groups;
}

/** Git writes unusual names as C strings, their bytes in octal. */
function unquote(name: string): string {
  if (!name.includes("\\")) return name;
  const bytes: number[] = [];
  for (const [part, octal, escaped] of name.matchAll(/\\([0-7]{3})|\\(.)|[^\\]/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else
      bytes.push(...new TextEncoder().encode(escaped === undefined ? part : (escapes[escaped] ?? escaped)));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
};
