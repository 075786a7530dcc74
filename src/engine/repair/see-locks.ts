import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SeenLock } from "../../core/repair/seen.ts";
import { readGit } from "../../git/processes/read-git.ts";
import { standsBy } from "../../git/processes/standing-git.ts";
import type { Workspace } from "../workspace.ts";
import { listProcesses, type ProcessView } from "./see-processes.ts";

const names = ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock"];

/** Locks of git in the person's checkout and of the refs. Those of agentx's own worktrees go when these are used again. */
export async function seeLocks({ repo, home }: Workspace): Promise<SeenLock[]> {
  const own = (await readGit(repo.root, ["rev-parse", "--absolute-git-dir"])).replace(/\n$/, "");
  const candidates = new Set(
    [own, repo.commonDir].flatMap((folder) => names.map((name) => join(folder, name))),
  );
  // No ref's name may end so.
  const below = await readdir(join(repo.commonDir, "refs"), { recursive: true }).catch(() => []);
  for (const name of below) if (name.endsWith(".lock")) candidates.add(join(repo.commonDir, "refs", name));
  const locks: Omit<SeenLock, "holder">[] = [];
  for (const path of candidates) {
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) locks.push({ path, ageMs: Date.now() - found.mtimeMs });
  }
  if (locks.length === 0) return [];
  const processes = (await listProcesses())?.filter((process) => !holdsNone(process)) ?? null;
  const holder = holderAmong(processes, [repo.root, repo.commonDir, own, home]);
  return locks.map((lock) => ({ ...lock, holder }));
}

/** What only reads, and what of ours waits to be asked. */
function holdsNone({ pid, command }: ProcessView): boolean {
  return / cat-file --batch/.test(command) || standsBy(pid);
}

/** Any other git at work here counts: which lock it holds cannot be seen between its calls. */
function holderAmong(processes: readonly ProcessView[] | null, places: readonly string[]): string | null {
  if (processes === null) return "a process that cannot be seen on this system";
  const git = processes.find(
    ({ name, cwd }) =>
      /^git(-|$)/.test(name) &&
      (cwd === null || places.some((place) => cwd === place || cwd.startsWith(join(place, "/")))),
  );
  return git === undefined ? null : `process ${git.pid} (${git.command.slice(0, 60)})`;
}
