import { join } from "node:path";

export const helperExtension: "ts" | "js" = import.meta.filename.endsWith(".ts") ? "ts" : "js";

/**
 * The folder of the helper's files, and the helper's name in it: TypeScript in a checkout, JavaScript when installed. There this file is
 * part of a bundle in a folder beside it.
 */
export const helperFolder: string = join(import.meta.dirname, "../sandbox/inside");
export const helperName: string = `helper.${helperExtension}`;
export const helperPath: string = join(helperFolder, helperName);

/** 2 GB of output pass through the helper; its memory stays small because the collector is told to run early. */
export const nodeFlags: readonly string[] = ["--max-old-space-size=256", "--max-semi-space-size=4"];
