import type { Repository } from "./repository.ts";
import { patchFlags } from "./patch.ts";
import { runGit } from "./run-git.ts";

/** Lines that stand together and came with a change. `line` is the first one's number, from 1. */
export type AddedLines = { path: string; line: number; text: string };

/** What a change adds and takes away; of a file that git takes for binary, its bytes as far as they are text. */
export async function linesBetween(
  repo: Repository,
  range: { from: string; to: string },
): Promise<{ added: AddedLines[]; removed: string }> {
  const place = { cwd: repo.root, config: ["core.quotePath=false"] };
  const args = [...patchFlags, "--text", "--unified=0", range.from, range.to, "--"];
  return readPatch((await runGit(place, args)).stdout.split("\n"));
}

function readPatch(lines: readonly string[]): { added: AddedLines[]; removed: string } {
  const added: AddedLines[] = [];
  const removed: string[] = [];
  let path = "";
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith("+++ ")) path = pathOf(line.slice(4));
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    // By the hunk's own counts: an added line may look like any of the patch's.
    const [, gone = "1", first = "1", come = "1"] = hunk;
    const goneTo = at + 1 + Number(gone);
    for (const one of lines.slice(at + 1, goneTo)) removed.push(one.slice(1));
    const comeFrom = lines[goneTo]?.startsWith("\\") ? goneTo + 1 : goneTo;
    const comeTo = comeFrom + Number(come);
    const text = lines
      .slice(comeFrom, comeTo)
      .map((one) => one.slice(1))
      .join("\n");
    if (text !== "") added.push({ path, line: Number(first), text });
    at = comeTo - 1;
  }
  return { added, removed: removed.join("\n") };
}

/** Git puts names with quotes or control characters in quotes, and a tab behind those with spaces. */
function pathOf(name: string): string {
  const bare = name.replace(/\t$/, "");
  const path = bare.startsWith('"') ? bare.slice(1, -1).replace(/\\(["\\])/g, "$1") : bare;
  return path.replace(/^b\//, "");
}
