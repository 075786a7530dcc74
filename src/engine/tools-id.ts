import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { areUnchanged, type Source, sourceOf } from "../sys/stamp.ts";

/** Tools whose version a gate's verdict may depend on. */
const tools = [
  "node",
  "npm",
  "pnpm",
  "yarn",
  "bun",
  "deno",
  "python3",
  "uv",
  "cargo",
  "rustc",
  "go",
  "java",
  "make",
  "cc",
];

/** What a verdict or an install depends on besides the tree: the kind of sandbox, and the tools on the person's PATH. */
export function toolchainOf(sandboxes: { name: string }, env: NodeJS.ProcessEnv): string {
  return `${sandboxes.name} ${toolsId(env["PATH"] ?? "")}`;
}

type Known = { id: string; sources: Source[] };

/** By PATH. It is asked for with every gate, and looks at a hundred files. */
const known = new Map<string, Known>();

/** Changes when a tool on PATH is another file than before: verdicts of older tools are not used again. */
function toolsId(path: string): string {
  const before = known.get(path);
  if (before !== undefined && areUnchanged(before.sources)) return before.id;
  const found = readTools(path);
  known.set(path, found);
  return found.id;
}

/** A folder that looks as it did has no other tools than before; what a tool leads to is looked at too. */
function readTools(path: string): Known {
  const folders = path.split(delimiter);
  const sources = folders.map((folder) => sourceIn(folder, ""));
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const tool of tools) {
    const { print, source } = fingerprint(folders, tool);
    if (source !== null) sources.push(source);
    hash.update(`\0${tool}=${print}`);
  }
  return { id: hash.digest("hex").slice(0, 16), sources };
}

function fingerprint(folders: readonly string[], tool: string): { print: string; source: Source | null } {
  for (const folder of folders) {
    const source = sourceIn(folder, tool);
    if (source.stamp === null) continue;
    try {
      const { size, mtimeMs } = source.stamp;
      return { print: `${realpathSync(source.path)}:${size}:${mtimeMs}`, source };
    } catch {
      // Gone between the two looks.
    }
  }
  return { print: "", source: null };
}

function sourceIn(folder: string, name: string): Source {
  // As join has it, an empty folder is the one that one is in.
  const path = join(folder, name);
  try {
    return sourceOf(path);
  } catch {
    // Of no use to anybody who may not look there.
    return { path, stamp: null };
  }
}
