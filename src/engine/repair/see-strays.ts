import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AgentxError } from "../../core/error.ts";
import type { SeenBranch, SeenRepository } from "../../core/repair/seen.ts";
import { listAdminFolders } from "../../git/worktrees/admin-folder.ts";
import { type ListedWorktree, listWorktrees } from "../../git/worktrees/list-worktrees.ts";
import { isAncestor } from "../../git/objects/read-commits.ts";
import { listRefs } from "../../git/refs/refs.ts";
import { openJournal } from "../../journal/journal.ts";
import { isAlive } from "../../sys/is-alive.ts";
import type { Workspace } from "../workspace.ts";

type Strays = Pick<SeenRepository, "strayBranches" | "strayFolders" | "strayWorktrees" | "emptyRecords">;

/** @param known the runs of this checkout's journal; null where it cannot be read, and so nothing can be called stray */
export async function seeStrays(workspace: Workspace, known: readonly string[] | null): Promise<Strays> {
  const { repo } = workspace;
  const home = await realpath(workspace.home).catch(() => workspace.home);
  const emptyRecords = await emptyRecordsOf(workspace, home);
  if (known === null) return { strayBranches: [], strayFolders: [], strayWorktrees: [], emptyRecords };
  const checkouts = await listWorktrees(repo);
  const everywhere = knownAnywhere({ checkouts, own: repo.root, known });
  return {
    strayBranches:
      everywhere === null ? null : await strayBranchesOf(workspace, { checkouts, known: everywhere }),
    strayFolders: await strayFoldersOf(home, known),
    strayWorktrees: strayWorktreesOf({ checkouts, home, known }),
    emptyRecords,
  };
}

async function emptyRecordsOf({ repo }: Workspace, home: string): Promise<string[]> {
  const folders = ["worktrees", "gates"].map((kind) => listAdminFolders(repo, join(home, kind)));
  return (await Promise.all(folders)).flat().flatMap(({ path }) => (existsSync(path) ? [] : [path]));
}

type Asking = { checkouts: readonly ListedWorktree[]; own: string; known: readonly string[] };

/** Branches are shared by all checkouts of a repository, and each may have a journal. Null where one cannot be read. */
function knownAnywhere({ checkouts, own, known }: Asking): ReadonlySet<string> | null {
  const all = new Set(known);
  for (const { path } of checkouts) {
    if (path === own) continue;
    if (!existsSync(path)) return null;
    try {
      using journal = openJournal({ folder: join(path, ".agentx"), readOnly: true });
      for (const { run } of journal.runs()) all.add(run);
    } catch (error) {
      if (!(error instanceof AgentxError)) throw error;
      if (error.code !== "NO_RUNS") return null;
    }
  }
  return all;
}

/** The run and the rest of the name of a branch of agentx's. */
const ofARun = /^agentx\/([0-9a-z]+)\/[0-9a-z-]+$/;

type Sorting = { checkouts: readonly ListedWorktree[]; known: ReadonlySet<string> };

async function strayBranchesOf({ repo }: Workspace, { checkouts, known }: Sorting): Promise<SeenBranch[]> {
  const refs = (await listRefs(repo, "refs/heads/")).map(({ ref, commit }) => ({
    branch: ref.slice("refs/heads/".length),
    commit,
  }));
  const strays = refs.filter(({ branch }) => isOfUnknown(branch, known));
  const persons = refs.filter(({ branch }) => !ofARun.test(branch));
  const standing = new Map(checkouts.map(({ path, branch }) => [branch, path]));
  const seen: SeenBranch[] = [];
  for (const { branch, commit } of strays) {
    const holds = persons.map((own) => isAncestor(repo, { ancestor: commit, descendant: own.commit }));
    const isMerged = (await Promise.all(holds)).includes(true);
    seen.push({ branch, commit, isMerged, checkedOut: standing.get(branch) ?? null });
  }
  return seen;
}

function isOfUnknown(branch: string, known: ReadonlySet<string>): boolean {
  const run = ofARun.exec(branch)?.[1];
  return run !== undefined && !known.has(run);
}

async function strayFoldersOf(home: string, known: readonly string[]): Promise<string[]> {
  const strays: string[] = [];
  for (const kind of ["scratch", "agents"]) {
    for (const run of await names(join(home, kind)))
      if (!known.includes(run)) strays.push(join(home, kind, run));
  }
  for (const name of await names(join(home, "doors"))) {
    if (!isAlive(Number(name.split("-")[0]))) strays.push(join(home, "doors", name));
  }
  return strays;
}

type Pooled = { checkouts: readonly ListedWorktree[]; home: string; known: readonly string[] };

/** Those that stand on no branch were given back, and are used again. */
function strayWorktreesOf({ checkouts, home, known }: Pooled): SeenRepository["strayWorktrees"] {
  const pool = join(home, "worktrees", "/");
  return checkouts.flatMap(({ path, branch }) => {
    const number = path.startsWith(pool) ? path.slice(pool.length) : "";
    if (!/^\d+$/.test(number) || branch === null || !isOfUnknown(branch, new Set(known))) return [];
    return [{ number: Number(number), branch }];
  });
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
