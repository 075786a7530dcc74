import { closeSync, constants, lstatSync, mkdirSync, openSync } from "node:fs";

/** A folder that is held open. What is reached by `path` lies in this one, whatever its name leads to meanwhile. */
export type HeldFolder = { path: string } & Disposable;

type Options = {
  /** Make what is missing. */
  make: boolean;
};

/**
 * Opens a folder below `top`, name by name, and follows no link, so that nobody who changes the folders at the same time leads out of `top`.
 * Null where one of the names is a link. Throws what the system says: ENOENT, ENOTDIR, EACCES. Linux only: it needs /proc.
 */
export function folderBeneath(top: string, names: readonly string[], { make }: Options): HeldFolder | null {
  let held = hold(top);
  try {
    for (const name of names) {
      const next = step(`${held.path}/${name}`, make);
      if (next === null) {
        held[Symbol.dispose]();
        return null;
      }
      held[Symbol.dispose]();
      held = next;
    }
    return held;
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
}

function step(path: string, make: boolean): HeldFolder | null {
  try {
    return hold(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" && make) {
      makeUnlessThere(path);
      return step(path, false);
    }
    // A link is told as what it is not.
    if (codeOf(error) === "ENOTDIR" && lstatSync(path).isSymbolicLink()) return null;
    throw error;
  }
}

/** A command may have made it a moment ago. */
function makeUnlessThere(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function hold(path: string): HeldFolder {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  return { path: `/proc/self/fd/${fd}`, [Symbol.dispose]: () => closeSync(fd) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}
