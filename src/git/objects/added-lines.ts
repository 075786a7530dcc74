import { diffTrees } from "./diff-trees.ts";
import { diffBetween, readFileAt } from "./read-files.ts";
import type { Repository } from "../repository.ts";

/** Lines that stand together and came with a change. `line` is the first one's number, from 1. */
export type AddedLines = { path: string; line: number; text: string };

type Change = { added: AddedLines[]; removed: string };

/** What a change adds and takes away; of a file that git takes for binary, all of its bytes as far as they are text. */
export async function linesBetween(repo: Repository, range: { from: string; to: string }): Promise<Change> {
  const [patch, changes] = await Promise.all([diffBetween(repo, range), diffTrees(repo, range)]);
  const { shown, added, removed } = readPatch(patch.split("\n"));
  for (const { path, oldMode, newMode, oldId, newId } of changes) {
    if (oldId === newId || shown.has(path)) continue;
    // Of these the patch says that they differ, and no more.
    if (oldMode.startsWith("100")) removed.push((await readFileAt(repo, { commit: range.from, path })) ?? "");
    const text = newMode.startsWith("100") ? await readFileAt(repo, { commit: range.to, path }) : null;
    if (text !== null && text !== "") added.push({ path, line: 1, text });
  }
  return { added, removed: removed.join("\n") };
}

/** @returns besides, the paths of which it has lines */
function readPatch(lines: readonly string[]): {
  shown: ReadonlySet<string>;
  added: AddedLines[];
  removed: string[];
} {
  const shown = new Set<string>();
  const added: AddedLines[] = [];
  const removed: string[] = [];
  let [before, path] = ["", ""];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith("--- ")) before = pathOf(line.slice(4));
    if (line.startsWith("+++ ")) path = pathOf(line.slice(4));
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    shown.add(path).add(before);
    // By the hunk's own counts: a line of it may look like any of the patch's.
    let [gone, first, come] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    let together: AddedLines | null = null;
    while (gone > 0 || come > 0) {
      at += 1;
      const [sign = " ", text] = [lines[at]?.[0], lines[at]?.slice(1) ?? ""];
      if (sign === "\\") continue;
      if (sign !== "+") gone -= 1;
      if (sign !== "-") come -= 1;
      if (sign === "-") removed.push(text);
      if (sign === "+" && together !== null) together.text += `\n${text}`;
      else if (sign === "+") added.push((together = { path, line: first, text }));
      else together = null;
      if (sign !== "-") first += 1;
    }
  }
  return { shown, added: added.filter(({ text }) => text !== ""), removed };
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
};

/** Git puts names with quotes or control characters in quotes, and a tab behind those with spaces. */
function pathOf(name: string): string {
  const bare = name.replace(/\t$/, "");
  const path = bare.startsWith('"')
    ? bare.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, code: string) => unescaped(code))
    : bare;
  return path.replace(/^[ab]\//, "");
}

function unescaped(code: string): string {
  return code.length === 3 ? String.fromCodePoint(Number.parseInt(code, 8)) : (escapes[code] ?? code);
}
