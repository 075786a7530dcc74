import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { AgentxError } from "../core/error.ts";
import { effectSync } from "../sys/failpoint.ts";
import { isAlive } from "../sys/is-alive.ts";
import { guard, isBusy } from "./failure.ts";
import { ensureFolder } from "./folder.ts";
import { openSqlite } from "./sqlite.ts";

/** Who dispatches: its process, since when (milliseconds since 1970), the command line, and the checkout that it works for. */
export type Dispatcher = { pid: number; since: number; command: string; root: string };

/** `dispatcher` is null in the few milliseconds before a new holder has said who it is. */
export type DispatcherStatus = { running: false } | { running: true; dispatcher: Dispatcher | null };

export type Lock = Disposable & {
  /**
   * Whether it still keeps others out. The operating system takes it from no living process, but somebody may remove the
   * file, and whoever comes next then locks another one.
   */
  isHeld: () => boolean;
  /** Safe to call twice. */
  release: () => void;
};

/** A reader looks for less than a millisecond, and must not cost a starting dispatcher its place. */
const acquireBusyMs = 250;

/** A connection that is collected as garbage would give its lock up. */
const held = new Set<DatabaseSync>();

/**
 * The lock is an open transaction on a file of its own, so the operating system
 * frees it with the process, however that ends; a pid file would have to guess.
 *
 * @throws AgentxError DISPATCHER_RUNNING naming the holder
 */
export function acquireDispatcherLock({ folder, ...self }: { folder: string } & Dispatcher): Lock {
  const file = lockFile(folder);
  const db = guard(file, () => effectSync("lock.acquire", () => open(folder, self)));
  held.add(db);
  const identity = identityOf(file);
  const isHeld = (): boolean => held.has(db) && identityOf(file) === identity;
  const release = (): void => {
    const isOurs = isHeld();
    if (!held.delete(db)) return;
    effectSync("lock.release", () => {
      if (isOurs) rmSync(dispatcherFile(folder), { force: true });
      db.close();
    });
  };
  return { isHeld, release, [Symbol.dispose]: release };
}

/** Whether somebody dispatches here, without getting in anybody's way. */
export function dispatcherStatus(folder: string): DispatcherStatus {
  const file = lockFile(folder);
  if (!existsSync(file)) return { running: false };
  return guard(file, () => {
    const db = openSqlite(file, { readOnly: true, busyMs: 0 });
    try {
      db.prepare("SELECT count(*) FROM sqlite_schema").get();
      return { running: false };
    } catch (error) {
      if (!isBusy(error)) throw error;
      return { running: true, dispatcher: readLiveDispatcher(folder) };
    } finally {
      db.close();
    }
  });
}

/** For who is going to ask for the lock later, and would have worked in vain. @throws AgentxError DISPATCHER_RUNNING naming the holder */
export function refuseBesideDispatcher(folder: string): void {
  if (dispatcherStatus(folder).running) throw refusal(folder);
}

function open(folder: string, self: Dispatcher): DatabaseSync {
  ensureFolder(folder);
  const db = openSqlite(lockFile(folder), { readOnly: false, busyMs: acquireBusyMs });
  try {
    db.exec("BEGIN EXCLUSIVE");
    writeDispatcher(folder, self);
    return db;
  } catch (error) {
    db.close();
    throw isBusy(error) ? refusal(folder) : error;
  }
}

function refusal(folder: string): AgentxError {
  const holder = readLiveDispatcher(folder);
  return new AgentxError("DISPATCHER_RUNNING", {
    where: folder,
    what:
      holder === null
        ? "another agentx is just starting in this repository"
        : `agentx already works in this repository: process ${holder.pid}, ` +
          `since ${new Date(holder.since).toISOString()}, \`${holder.command}\` in ${holder.root}`,
    hint: "`agentx status` shows what it does; wait for it, or end it with Ctrl-C in its terminal",
  });
}

/** The file may still name the holder before this one, for as long as the new one needs to write it. */
function readLiveDispatcher(folder: string): Dispatcher | null {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const dispatcher = readDispatcher(folder);
    if (dispatcher !== null && isAlive(dispatcher.pid)) return dispatcher;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  return null;
}

function readDispatcher(folder: string): Dispatcher | null {
  try {
    return JSON.parse(readFileSync(dispatcherFile(folder), "utf8")) as Dispatcher;
  } catch {
    return null;
  }
}

function writeDispatcher(folder: string, dispatcher: Dispatcher): void {
  const file = dispatcherFile(folder);
  writeFileSync(`${file}.new`, JSON.stringify(dispatcher));
  renameSync(`${file}.new`, file);
}

/** Empty where there is no such file. An open file keeps its number for itself, so no later one can have it. */
function identityOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.dev}:${stat.ino}`;
}

function lockFile(folder: string): string {
  return join(folder, "lock.db");
}

function dispatcherFile(folder: string): string {
  return join(folder, "dispatcher.json");
}
