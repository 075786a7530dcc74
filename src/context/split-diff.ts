import { estimateTokens, fitTokens } from "./fit-tokens.ts";

/** A unified diff by git, one section a file. `file` is the new path, or the old one of a deleted file. */
export type FileDiff = { file: string; text: string };

export function splitDiff(diff: string): FileDiff[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((text) => text.trim() !== "")
    .map((text) => ({ file: fileOf(text), text: text.trimEnd() }));
}

/** The `+++` and `---` lines name the file plainly; the first line is asked only where there are none (a rename, a binary). */
function fileOf(text: string): string {
  const head = text.split(/^@@/m, 1)[0] ?? "";
  const named = /^\+\+\+ "?b\/(.+?)"?\t?$/m.exec(head) ?? /^--- "?a\/(.+?)"?\t?$/m.exec(head);
  const path = named ?? /^rename to (.+)$/m.exec(head) ?? /^diff --git "?a\/.+? "?b\/(.+?)"?$/m.exec(head);
  return path?.[1] ?? "(unnamed)";
}

export type DiffBudget = { perFile: number; whole: number };

/** The diff within a budget of estimated tokens, and a line for each file that is not or not wholly shown. */
export function fitDiff(diff: string, { perFile, whole }: DiffBudget): { text: string; leftOut: string[] } {
  const shown: string[] = [];
  const leftOut: string[] = [];
  let used = 0;
  for (const { file, text } of splitDiff(diff)) {
    const fitted = fitTokens(text, { tokens: perFile, rest: `read ${file}` });
    const tokens = estimateTokens(fitted.text);
    if (used + tokens > whole) {
      leftOut.push(`${file}: not shown (${text.split("\n").length} lines of diff)`);
      continue;
    }
    used += tokens;
    shown.push(fitted.text);
    if (fitted.cut)
      leftOut.push(`${file}: only its first part is shown (${text.split("\n").length} lines of diff)`);
  }
  return { text: shown.join("\n"), leftOut };
}
