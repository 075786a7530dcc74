import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes the folder and those above it, where they are missing; `mode` is for each of them.
 *
 * Node's own `recursive` asks for ever, on a thread that no signal ends, where the folder above is there and the system says all
 * the same that it is not: so does /proc.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const refused = makeOne(folder, mode);
  if (refused === null) return;
  if (codeOf(refused) !== "ENOENT" || dirname(folder) === folder) throw refused;
  await makeFolder(dirname(folder), mode);
  const again = makeOne(folder, mode);
  if (again !== null) throw again;
}

/** Why it is not there now, or null. At once: another thread takes ten times as long. */
function makeOne(folder: string, mode: number): Error | null {
  try {
    mkdirSync(folder, { mode });
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (codeOf(error) === "ENOENT") return error;
    // Systems differ in what they say of a folder that is there: a read-only disk may be named first.
    return isFolder(folder) ? null : error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function codeOf(error: Error): unknown {
  return "code" in error ? error.code : null;
}
