import { lstatSync, readFileSync, type Stats } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder } from "../../sys/make-folder.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";
import { effect } from "../../sys/failpoint.ts";

// What a killed git or agentx leaves behind; only the dispatcher works with these folders, so nobody holds them.
const leftover = /^(?:locked|(?:index|HEAD|config\.worktree)\.lock|index\.agentx(?:\.lock)?)$/;

/** The git folder that belongs to the worktree at `path`, or null. It is told by its own record, not by the tree's. */
export async function findAdminFolder(repo: Repository, path: string): Promise<string | null> {
  const folder = join(repo.commonDir, "worktrees");
  // Git names it so where it can.
  const likely = basename(path);
  const isOf = (name: string): boolean => readLine(join(folder, name, "gitdir")) === join(path, ".git");
  const name = isOf(likely) ? likely : (await readdir(folder).catch(() => [])).find(isOf);
  return name === undefined ? null : join(folder, name);
}

/**
 * Makes sure that `path` is a registered worktree with an intact git folder. Whatever a crash, a person or a worker
 * left is repaired; files in the folder stay, for the caller to look at. Not to be run twice at once.
 * @returns the git folder.
 */
export async function ensureRegistered(
  repo: Repository,
  checkout: { path: string; commit: string },
): Promise<string> {
  const { path, commit } = checkout;
  await makeFolder(dirname(path));
  await bringBack(path);
  const found = await findAdminFolder(repo, path);
  if (found !== null && isIntact(repo, found)) {
    for (const name of await readdir(found)) {
      if (leftover.test(name)) await rm(join(found, name), { force: true });
    }
    if (!isFolder(path)) await replaceByFolder(path);
    await pointTo(path, found);
    return found;
  }
  if (found !== null) await removeTree(found);
  const gitDir = await register(repo, { path, commit });
  await pointTo(path, gitDir);
  return gitDir;
}

/** `git worktree add` wants the place empty, so files that are there step aside for it. */
async function register(repo: Repository, checkout: { path: string; commit: string }): Promise<string> {
  const { path, commit } = checkout;
  if (isFolder(path)) await effect("worktree.aside", () => rename(path, aside(path)));
  else await removeTree(path);
  const args = ["worktree", "add", "--force", "--force", "--detach", "--no-checkout", path, commit];
  await runGit({ cwd: repo.root }, args);
  const gitDir = await findAdminFolder(repo, path);
  if (gitDir === null) throw new Error(`git worktree add left no record of ${path}`);
  await bringBack(path);
  return gitDir;
}

function aside(path: string): string {
  return `${path}.aside`;
}

/** Also after a crash: while files are aside, the place itself holds nothing but git's new `.git` file. */
async function bringBack(path: string): Promise<void> {
  if (!isFolder(aside(path))) return;
  await removeTree(path);
  await effect("worktree.aside", () => rename(aside(path), path));
}

export function isIntact(repo: Repository, gitDir: string): boolean {
  const head = readLine(join(gitDir, "HEAD"));
  const commonDir = readLine(join(gitDir, "commondir"));
  return /^(ref: refs\/.+|[0-9a-f]{40,64})$/.test(head) && resolve(gitDir, commonDir) === repo.commonDir;
}

/** The short name of the branch that HEAD is on, or null. */
export function branchOf(gitDir: string): string | null {
  return /^ref: refs\/heads\/(.+)$/.exec(readLine(join(gitDir, "HEAD")))?.[1] ?? null;
}

/** What HEAD says: a commit where it is detached. */
export function headOf(gitDir: string): string {
  return readLine(join(gitDir, "HEAD"));
}

/** The git folders of all worktrees directly in `folder`, with the paths that they belong to. */
export async function listAdminFolders(
  repo: Repository,
  folder: string,
): Promise<{ gitDir: string; path: string }[]> {
  const root = join(repo.commonDir, "worktrees");
  const found: { gitDir: string; path: string }[] = [];
  for (const name of await readdir(root).catch(() => [])) {
    const path = dirname(readLine(join(root, name, "gitdir")));
    if (dirname(path) === folder && basename(path) !== "") found.push({ gitDir: join(root, name), path });
  }
  return found;
}

export function isFolder(path: string): boolean {
  return look(path)?.isDirectory() ?? false;
}

function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

async function replaceByFolder(path: string): Promise<void> {
  await removeTree(path);
  await mkdir(path);
}

/** The `.git` file is for the person's own git only; a worker may have replaced it by anything. */
async function pointTo(path: string, gitDir: string): Promise<void> {
  const file = join(path, ".git");
  const record = `gitdir: ${gitDir}\n`;
  const state = look(file);
  const maySayIt = state?.isFile() === true && state.size === Buffer.byteLength(record);
  if (maySayIt && (await readFile(file, "utf8")) === record) return;
  await removeTree(file);
  await effect("worktree.record", () => writeFile(file, record, { flag: "wx" }));
}

/** At once: a task has tens of these looked at, and to wait for one takes longer than to read it. Empty where there is none. */
function readLine(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
