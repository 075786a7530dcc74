import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Why nothing could be written into the folder, which need not be there yet, or null when something could. The folder
 * that is named is the nearest one that is there.
 */
export function whyUnwritable(folder: string): { folder: string; why: string } | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return whyUnwritable(dirname(folder));
  if (!found.isDirectory()) return { folder, why: "it is no folder" };
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    return { folder, why: code === "EROFS" ? "its disk is read-only" : "it belongs to somebody else" };
  }
}
