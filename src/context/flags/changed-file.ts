import { type PatchGroup, parsePatch } from "./parse-patch.ts";
import { readSource, type SourceText } from "./source-text.ts";

/** A file's whole text before and after; null where there is none. */
export type FileTexts = { path: string; before: string | null; after: string | null };

export type Line = { number: number; text: string; code: string; comment: string };

/** Lines that went and lines that came in the same place. */
export type LineGroup = { gone: Line[]; fresh: Line[] };

export type ChangedFile = FileTexts & {
  groups: LineGroup[];
  old: Line[];
  new: Line[];
};

export type Change = {
  files: ChangedFile[];
  /** Whether the same words went from elsewhere in the change: then the line has moved, and is not new. */
  isMoved: (line: Line, side: "gone" | "fresh") => boolean;
};

/** Groups hold only the lines that did not merely move or change their indentation. */
export function readChange(diff: string, texts: readonly FileTexts[]): Change {
  const patches = parsePatch(diff);
  const files = texts.map((file) => readFile(file, patches.get(file.path) ?? []));
  const counts = { gone: new Map<string, number>(), fresh: new Map<string, number>() };
  for (const { groups } of files)
    for (const group of groups)
      for (const side of ["gone", "fresh"] as const)
        for (const line of group[side])
          counts[side].set(keyOf(line), (counts[side].get(keyOf(line)) ?? 0) + 1);
  const isMoved: Change["isMoved"] = (line, side) => {
    const other = counts[side === "gone" ? "fresh" : "gone"].get(keyOf(line)) ?? 0;
    return other >= (counts[side].get(keyOf(line)) ?? 0);
  };
  return { files, isMoved };
}

/** The lines of one side that are really new, or really gone. */
export function linesOf({ isMoved }: Change, file: ChangedFile, side: "gone" | "fresh"): Line[] {
  return file.groups
    .flatMap((group) => group[side])
    .filter((line) => line.text.trim() !== "" && !isMoved(line, side));
}

function readFile(file: FileTexts, patch: readonly PatchGroup[]): ChangedFile {
  const old = file.before === null ? [] : toLines(file.path, file.before);
  const now = file.after === null ? [] : toLines(file.path, file.after);
  // What git takes for binary has no lines in its patch: a stray NUL must not hide a text.
  const groups =
    patch.length === 0 && file.before !== file.after
      ? [{ gone: old, fresh: now }]
      : patch.map(({ oldLine, newLine, removed, added }) => ({
          gone: old.slice(oldLine - 1, oldLine - 1 + removed.length),
          fresh: now.slice(newLine - 1, newLine - 1 + added.length),
        }));
  return { ...file, groups, old, new: now };
}

function toLines(path: string, text: string): Line[] {
  const { code, comments }: SourceText = readSource(path, text);
  return text.split("\n").map((line, index) => ({
    number: index + 1,
    text: line,
    code: code[index] ?? "",
    comment: comments[index] ?? "",
  }));
}

function keyOf({ text }: Line): string {
  return text.trim().replace(/\s+/g, " ").replace(/[,;]$/, "");
}
