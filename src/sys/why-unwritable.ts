import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";

export type Unwritable = { folder: string; why: string };

/**
 * Why nothing could be written into the folder, which need not be there yet, or null when something could. The folder
 * that is named is the nearest one that is there: a folder was made in it, and removed, because permissions do not say all.
 */
export function whyUnwritable(folder: string): Unwritable | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined) return whyNothingGoesInto(folder, found);
  const above = dirname(folder);
  if (!existsSync(above)) return whyUnwritable(above);
  return whyUnwritable(above) ?? whyNoFolderGoesInto(above);
}

function whyNothingGoesInto(folder: string, found: Stats): Unwritable | null {
  if (!found.isDirectory()) return { folder, why: "it is no folder" };
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return { folder, why: wordsFor(error) };
  }
}

/** /proc lets root write into every one of its folders, and makes none. */
function whyNoFolderGoesInto(folder: string): Unwritable | null {
  try {
    rmdirSync(mkdtempSync(join(folder, ".agentx-")));
    return null;
  } catch (error) {
    return { folder, why: wordsFor(error) };
  }
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EROFS") return "its disk is read-only";
  if (code === "EACCES" || code === "EPERM") return "it belongs to somebody else";
  if (code === "ENOSPC" || code === "EDQUOT") return "its disk is full";
  return `no folder can be made in it (${code})`;
}
