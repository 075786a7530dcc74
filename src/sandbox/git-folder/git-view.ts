import { existsSync, readFileSync } from "node:fs";
import { readFile, readdir, realpath } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

/** How much of a `.git` folder is seen inside. All paths are absolute. */
export type GitView = {
  /** Seen read-only. */
  folders: string[];
  /** Seen as empty folders. */
  hidden: string[];
  /** Seen as empty files. */
  emptied: string[];
  configPath: string;
  /** For where nothing can stand in for it. */
  realConfig: string;
  /** Stands in for the real config, whose remote URLs may hold tokens. */
  config: string;
};

/** What git needs to read commits and refs. Left out: config, hooks, logs, FETCH_HEAD (URLs), other worktrees. */
const pieces = ["HEAD", "objects", "refs", "packed-refs", "reftable", "shallow", "info"];
/** Settings that change what a command reports and that name no program, host or person. */
const keptSettings = new Set([
  "core.repositoryformatversion",
  "core.filemode",
  "core.ignorecase",
  "core.symlinks",
  "core.precomposeunicode",
  "core.autocrlf",
  "core.eol",
  "extensions.objectformat",
  "extensions.compatobjectformat",
  "extensions.refstorage",
]);

/**
 * @param common the repository's `.git` folder.
 * @param worktree the checkout's entry in it, or null for the main checkout.
 */
export function readGitView(common: string, worktree: string | null): GitView {
  const realConfig = readText(join(common, "config"));
  const inWorktree = (names: string[]): string[] =>
    worktree === null ? [] : existing(names.map((name) => join(worktree, name)));
  return {
    folders: [
      ...existing(pieces.map((piece) => join(common, piece))),
      ...(worktree === null ? [] : [worktree]),
      ...alternatesOf(common),
    ],
    hidden: [common, ...inWorktree(["logs"])],
    emptied: inWorktree(["FETCH_HEAD", "config.worktree"]),
    configPath: join(common, "config"),
    realConfig,
    config: minimalConfig(realConfig),
  };
}

/** Keeps settings of `keptSettings` with plain values, and nothing else. */
export function minimalConfig(config: string): string {
  const lines: string[] = [];
  let section = "";
  for (const line of config.split("\n")) {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header !== null) section = (header[1] ?? "").trim().toLowerCase();
    const setting = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*"?([A-Za-z0-9]+)"?\s*$/.exec(line);
    if (setting === null) continue;
    const [, name = "", value = ""] = setting;
    if (keptSettings.has(`${section}.${name.toLowerCase()}`))
      lines.push(`[${section}]\n\t${name} = ${value}`);
  }
  return `${lines.join("\n")}\n[core]\n\tbare = false\n`;
}

/**
 * The entry of the checkout at `root` in the repository's list of worktrees, or null. It is found from the side of `common`:
 * the `.git` file in the checkout may have been rewritten by whoever worked there.
 */
export async function findWorktree(common: string, root: string): Promise<string | null> {
  const real = await realpath(root);
  for (const name of await readdir(join(common, "worktrees")).catch(() => [])) {
    const folder = join(common, "worktrees", name);
    const gitdir = (await readFile(join(folder, "gitdir"), "utf8").catch(() => "")).trim();
    if (gitdir === "") continue;
    const checkout = resolve(folder, gitdir, "..");
    if ((await realpath(checkout).catch(() => null)) === real) return folder;
  }
  return null;
}

/** Object folders that this repository borrows from (`git clone --shared`). */
export function alternatesOf(common: string): string[] {
  const objects = join(common, "objects");
  const text = readText(join(objects, "info", "alternates"));
  const paths = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return existing(paths.map((path) => (isAbsolute(path) ? path : resolve(objects, path))));
}

/** Empty where there is none. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function existing(paths: string[]): string[] {
  return paths.filter((path) => existsSync(path));
}
