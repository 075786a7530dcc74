import type * as Sqlite from "node:sqlite";

let loaded: typeof Sqlite | null = null;

/**
 * Opens a SQLite file. `node:sqlite` announces itself as experimental on every start, which nobody who runs
 * agentx can act on: exactly that warning is swallowed, exactly while the module loads. A static import would
 * be too late, since built-in modules are loaded before the first line of the importing file runs.
 *
 * @param busyMs how long a statement waits for another process's lock.
 */
export function openSqlite(
  file: string,
  options: { readOnly: boolean; busyMs: number },
): Sqlite.DatabaseSync {
  loaded ??= loadQuietly();
  return new loaded.DatabaseSync(file, { readOnly: options.readOnly, timeout: options.busyMs });
}

function loadQuietly(): typeof Sqlite {
  const original = Object.getOwnPropertyDescriptor(process, "emitWarning");
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (...args: unknown[]): void => {
    if (args[1] === "ExperimentalWarning" && String(args[0]).startsWith("SQLite")) return;
    Reflect.apply(emitWarning, process, args);
  };
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    if (original !== undefined) Object.defineProperty(process, "emitWarning", original);
  }
}
