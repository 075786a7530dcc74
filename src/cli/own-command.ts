import { realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Env } from "../sys/paths.ts";
import { isExecutable } from "../sys/is-executable.ts";

/**
 * What the person types to start this very program in any folder: `agentx` where that is on PATH, else node and the file by their paths.
 * @param program the file that node was started with
 */
export function ownCommand(env: Env, program: string): string {
  const file = realpathSync(program);
  // npm and npx put these on PATH for what they start; the person's own shell does not have them.
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => !isNpms(folder));
  const found = folders.map((folder) => join(folder, "agentx")).find(isExecutable);
  if (found !== undefined && realpathSync(found) === file) return "agentx";
  return `${quoted(realpathSync(process.execPath))} ${quoted(file)}`;
}

function isNpms(folder: string): boolean {
  return basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules";
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
