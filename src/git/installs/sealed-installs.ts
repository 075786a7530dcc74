import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { AgentxError } from "../../core/error.ts";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { keptFolders } from "./kept-folders.ts";
import type { Checkout } from "../worktree.ts";

/** Path of an install → the names in it. The file's own time is the seal's: what has changed since then is younger. */
type Seal = Readonly<Record<string, readonly string[]>>;

/** Tools write these, and read from them again what they will run. */
const caches: ReadonlySet<string> = new Set([".cache", ".vite", ".vite-temp"]);

const sealFile = ({ gitDir }: Pick<Checkout, "gitDir">): string => join(gitDir, "agentx-installs");

/**
 * Notes what has been installed in a checkout. The note lies where nothing that runs in the checkout can write.
 */
export async function sealInstalls(checkout: Pick<Checkout, "path" | "gitDir">): Promise<void> {
  const names: [string, string[]][] = [];
  for (const path of await findInstalls(checkout))
    names.push([path, await readdir(join(checkout.path, path))]);
  await writeFileAtomic(sealFile(checkout), JSON.stringify(Object.fromEntries(names)));
}

/**
 * Takes away what is installed, unless it is all as it was sealed. Whoever had the checkout may write there, and a test
 * runner that a worker's code has changed would judge the next task's commit.
 * @param found from `findInstalls`, where the caller has asked it already
 * @returns whether it is still there, as it was sealed
 */
export async function keepSealedInstalls(
  checkout: Pick<Checkout, "path" | "gitDir">,
  found?: readonly string[],
): Promise<boolean> {
  const installs = found ?? (await findInstalls(checkout));
  const seal = await readSeal(checkout);
  const isWhole = seal !== null && (await isAsSealed(checkout, { seal, installs }));
  if (!isWhole) await removeInstalls(checkout);
  return isWhole;
}

/** What other lock files had installed is none of these: what came along with it could stay. */
export async function removeInstalls(checkout: Pick<Checkout, "path" | "gitDir">): Promise<void> {
  for (const path of await findInstalls(checkout)) await removeTree(join(checkout.path, path));
  await rm(sealFile(checkout), { force: true });
}

async function isAsSealed(
  checkout: Pick<Checkout, "path" | "gitDir">,
  { seal, installs }: { seal: Seal; installs: readonly string[] },
): Promise<boolean> {
  if (installs.toSorted().join("\0") !== Object.keys(seal).toSorted().join("\0")) return false;
  for (const path of installs) {
    const folder = join(checkout.path, path);
    const sealed = new Set(seal[path]);
    const now = new Set(await readdir(folder));
    for (const name of now) {
      const isCache = caches.has(name) || (name.startsWith(".") && !sealed.has(name));
      if (isCache) await removeTree(join(folder, name));
      else if (!sealed.has(name)) return false;
    }
    if ([...sealed].some((name) => !caches.has(name) && !now.has(name))) return false;
  }
  const folders = installs.map((path) => join(checkout.path, path));
  return folders.length === 0 || !(await areYounger(folders, sealFile(checkout)));
}

/** Whether anything below the folders was made, written, moved or given other rights since: no program can set that time back. */
async function areYounger(folders: readonly string[], seal: string): Promise<boolean> {
  const { execa } = await import("execa");
  const args = [...folders, "-mindepth", "1", "-cnewer", seal, "-print", "-quit"];
  const found = await execa("find", args, { reject: false, stdin: "ignore" });
  return found.exitCode !== 0 || found.stdout !== "";
}

/** Kept folders anywhere in the checkout; not a link in the place of one, and none inside of another. */
export async function findInstalls({ path }: Pick<Checkout, "path">): Promise<string[]> {
  const { execa } = await import("execa");
  const names = keptFolders.flatMap((name, at) => [...(at === 0 ? [] : ["-o"]), "-name", name]);
  const args = [path, "-type", "d", "(", ...names, ")", "-prune", "-print0"];
  // Folders that nobody may open are emptied by whoever fills the checkout; what is in the others is told all the same.
  const { exitCode, stdout } = await execa("find", args, { reject: false, stdin: "ignore" });
  if (exitCode === undefined) throw findMissing();
  return stdout
    .split("\0")
    .filter((found) => found !== "")
    .map((found) => relative(path, found));
}

function findMissing(): AgentxError {
  return new AgentxError("FIND_MISSING", {
    where: "find",
    what: "the program `find` could not be run, by which agentx looks at installed dependencies",
    hint: "install findutils, or put it on PATH",
  });
}

async function readSeal(checkout: Pick<Checkout, "gitDir">): Promise<Seal | null> {
  const text = await readFile(sealFile(checkout), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Seal);
}
