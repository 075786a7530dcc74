import { readlinkSync } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { AgentxError } from "../../core/error.ts";
import { gitOwner } from "./git-env.ts";

const lookMs = 20;
const patienceMs = 60_000;

/**
 * A git command is not ended with its dispatcher: cut in two it would leave locks and half a checkout. One that outlived a
 * killed dispatcher may still write where the next one is about to work, so whoever holds the lock waits for it first.
 * @param folders absolute: of the repository, and of agentx for it
 * @throws AgentxError GIT_STILL_RUNNING with the processes that do not end
 */
export async function untilOrphansEnd(
  folders: readonly string[],
  waitMs: number = patienceMs,
): Promise<void> {
  const latest = performance.now() + waitMs;
  const places = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  for (;;) {
    const orphans = await findOrphans(places);
    if (orphans.length === 0) return;
    if (performance.now() > latest) throw stillRunning(orphans);
    await setTimeout(lookMs);
  }
}

/** By what Linux says of each process; elsewhere none is found. */
async function findOrphans(folders: readonly string[]): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  // Each by itself in a microsecond or two: to wait for hundreds of answers takes the loop longer than to ask.
  const near = pids.filter((pid) => worksIn(pid, folders));
  const found = await Promise.all(near.map(isOrphan));
  return near.filter((_, at) => found[at]);
}

function worksIn(pid: number, folders: readonly string[]): boolean {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return folders.some((folder) => cwd === folder || cwd.startsWith(`${folder}/`));
  } catch {
    // Of others' processes nothing can be read, and any may end while it is looked at.
    return false;
  }
}

async function isOrphan(pid: number): Promise<boolean> {
  // What git has started, such as a connection that ssh keeps open, may stay for hours and touches no file of ours.
  if ((await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")) !== "git\n") return false;
  const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  const owner = gitOwner(environ.split("\0"));
  if (owner === null || owner.pid === process.pid) return false;
  // Of a dispatcher that is only suspended it would stand by for ever, and does nothing.
  return !(owner.standsBy && (await parentOf(pid)) === owner.pid);
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
}

function stillRunning(pids: readonly number[]): AgentxError {
  return new AgentxError("GIT_STILL_RUNNING", {
    where: "",
    what: `git of an earlier agentx still works in this repository: process ${pids.join(", ")}`,
    hint: "wait for it, or end it, then agentx resume",
  });
}
