import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { foldersOf } from "./tool-homes.ts";
import { holds, installation, systemFolder } from "./toolchain.ts";

export type FoundProgram = {
  /** What to start inside. */
  file: string;
  /** What has to be mounted besides the system's folders, so that it runs. */
  readOnly: string[];
};

export type FindProgramOptions = {
  /** PATH of the person. */
  path: string;
  /** The repository under work: nothing in it may pass for a program of the person. */
  notIn: string;
  /** HOME of the person, which is never mounted, nor a folder above it. */
  home?: string;
};

/** No more than this is read of a script that starts another one. */
const maxShimBytes = 16 * 1024;

/**
 * Finds an executable on the person's PATH; an absolute path is taken as it is, because the person wrote it down.
 * Null where there is none.
 */
export async function findProgram(
  name: string,
  { path, notIn, home = homedir() }: FindProgramOptions,
): Promise<FoundProgram | null> {
  if (isAbsolute(name)) return isExecutable(name) ? describe(name, home) : null;
  if (name === "" || name.includes("/")) return null;
  const repository = real(notIn) ?? notIn;
  for (const folder of path.split(delimiter)) {
    // A snap needs a daemon of the host.
    if (!isAbsolute(folder) || folder.startsWith("/snap/") || isWithin(folder, notIn)) continue;
    const file = join(folder, name);
    if (!isExecutable(file)) continue;
    // The folder or the program may be a link into the repository.
    const places = [real(folder), real(file)];
    if (places.every((place) => place !== null && !isWithin(place, repository))) return describe(file, home);
  }
  return null;
}

function describe(file: string, home: string): FoundProgram {
  const target = realpathSync(file);
  const folder = realpathSync(dirname(file));
  const manager = foldersOf(folder, home);
  // A version manager's stand-in goes by the name that it is called by, and looks for the rest in its own folder.
  if (Object.keys(manager.env).length > 0) {
    return { file: join(folder, basename(file)), readOnly: mountable(manager.folders, home) };
  }
  const readOnly = mountable([...around(target, home), ...shimTargets(target, home)], home);
  // A system's program may be one of many names of one file.
  const isSystems = systemFolder.test(target) && systemFolder.test(folder);
  return { file: isSystems ? file : target, readOnly };
}

/** The least that holds what a program needs of its own installation. */
function around(target: string, home: string): string[] {
  const modules = outermostModules(target, home);
  if (modules !== null) return [modules];
  const store = foldersOf(dirname(target), home).folders;
  // Homebrew and Nix: libraries lie in other folders of the same store.
  if (!store.includes(dirname(target)) && store.length > 0) return store;
  return [installation(target) ?? target];
}

/** Packages use their siblings, and pnpm's links lead through a store beside them, so the outermost folder is taken. */
function outermostModules(target: string, home: string): string | null {
  for (const match of target.matchAll(/\/node_modules(?=\/)/g)) {
    const folder = target.slice(0, match.index + match[0].length);
    if (!holds(folder, home)) return folder;
  }
  return null;
}

/** pnpm puts no link on the PATH but a script that names the program by its own folder. */
function shimTargets(target: string, home: string): string[] {
  if (statSync(target).size > maxShimBytes) return [];
  const text = readFileSync(target, "utf8");
  if (!text.startsWith("#!")) return [];
  const names = [...text.matchAll(/\$\{?basedir\}?\/([^"\s:]+)/g)].map((match) => match[1] ?? "");
  return names.flatMap((name) => {
    const file = real(resolve(dirname(target), name));
    const modules = file === null ? null : outermostModules(file, home);
    return modules === null ? [] : [modules];
  });
}

function mountable(paths: string[], home: string): string[] {
  const all = [...new Set(paths)].filter(
    (path) => !systemFolder.test(path) && !holds(path, home) && real(path) !== null,
  );
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`))).sort();
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../");
}
