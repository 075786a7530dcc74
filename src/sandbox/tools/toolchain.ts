import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import { foldersOf } from "./tool-homes.ts";

/** Where the person's tools are. */
export type Toolchain = {
  /** PATH for inside. */
  path: string;
  /** Existing absolute paths outside the system's folders that the tools need. */
  readOnly: string[];
  /** Where version managers look for their versions: inside, HOME is another one. */
  env: Record<string, string>;
};

export type ToolchainOptions = {
  /** PATH of the person. */
  path: string;
  home: string;
  /** The running Node. */
  execPath: string;
  /** Put the running Node first, although there may be another; it is always put where there is none. */
  ownNodeFirst: boolean;
};

export const systemFolder: RegExp = /^\/(usr|bin|sbin|lib|lib32|lib64|libx32|opt)(\/|$)/;
/** What a PATH entry looks like that would run code of the project under work, or needs a daemon of the host. */
const unwanted = /(^|\/)node_modules\/\.bin(\/|$)|^\/snap\//;

/** Which host folders a sandbox needs so that the person's own tools work inside. Nothing that holds credentials. */
export function readToolchain({ path, home, execPath, ownNodeFirst }: ToolchainOptions): Toolchain {
  const parts: string[] = [];
  const readOnly = new Set<string>();
  const env: Record<string, string> = {};
  const add = (candidate: string): void => {
    if (
      isAbsolute(candidate) &&
      !systemFolder.test(candidate) &&
      !holds(candidate, home) &&
      existsSync(candidate)
    ) {
      readOnly.add(candidate);
    }
  };
  for (const entry of path.split(delimiter)) {
    const folder = realFolder(entry);
    if (folder === null || unwanted.test(entry) || holds(folder, home)) continue;
    if (parts.includes(folder)) continue;
    parts.push(folder);
    if (systemFolder.test(folder)) continue;
    const tools = foldersOf(folder, home);
    for (const candidate of [...tools.folders, ...linkTargets(folder)]) add(candidate);
    Object.assign(env, tools.env);
  }
  const node = realpathSync(execPath);
  if (ownNodeFirst || !parts.some((part) => existsSync(join(part, "node")))) {
    const rest = parts.filter((part) => part !== dirname(node));
    parts.splice(0, parts.length, dirname(node), ...rest);
    add(node);
  }
  return { path: parts.join(delimiter), readOnly: withoutNested([...readOnly]), env };
}

/** The home folder, or one above it, is never shown whole. */
export function holds(folder: string, home: string): boolean {
  return folder === "/" || folder === home || home.startsWith(`${folder}/`);
}

function realFolder(entry: string): string | null {
  if (!isAbsolute(entry)) return null;
  try {
    const real = realpathSync(entry);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

/** Where the links of a bin folder lead: the program, or the whole package or virtual environment that it lies in. */
function linkTargets(folder: string): string[] {
  const targets = new Set<string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    try {
      const target = realpathSync(join(folder, entry.name));
      targets.add(installation(target) ?? target);
    } catch {
      // A link to nothing is no tool.
    }
  }
  return [...targets];
}

/** `…/lib/node_modules` of a global npm package, the environment of a pipx or uv tool, otherwise nothing. */
export function installation(target: string): string | null {
  const pack =
    /^(.*\/lib\/node_modules)\//.exec(target) ?? /^(.*\/(?:pipx\/venvs|uv\/tools)\/[^/]+)\//.exec(target);
  if (pack?.[1] !== undefined) return pack[1];
  return basename(dirname(target)) === "bin" && existsSync(join(dirname(target), "..", "pyvenv.cfg"))
    ? dirname(dirname(target))
    : null;
}

function withoutNested(paths: string[]): string[] {
  const isNested = (path: string): boolean => paths.some((other) => path.startsWith(`${other}/`));
  return paths.filter((path) => !isNested(path)).sort();
}
