import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runGit } from "../processes/run-git.ts";
import type { Repository } from "../repository.ts";

/** `plain`: nothing says how. `withoutReturns`: what says so changes no file that has no carriage return. */
export type Conversion = "plain" | "withoutReturns" | "unknown";

/**
 * Whether git would write and take these files byte for byte: by the `.gitattributes` around them, which are those of the
 * worktree, those outside of it, and the configuration. Filters are off, and count as nothing.
 * @param root of a checkout @param paths latin1, a character for each byte; of plain files below it
 */
export async function conversionOf(
  repo: Repository,
  { root, paths }: { root: string; paths: Iterable<string> },
): Promise<Conversion> {
  const folders = new Set<string>([""]);
  for (const path of paths) {
    if (/(^|\/)\.gitattributes$/.test(path)) return "unknown";
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      folders.add(path.slice(0, at + 1));
  }
  const files = [...folders].map((folder) => Buffer.from(`${folder}.gitattributes`, "latin1"));
  const rootBytes = Buffer.from(join(root, "/"));
  const texts = files.map((file) => readText(Buffer.concat([rootBytes, file])));
  return worst([await outsideOf(repo), ...texts.map(conversionIn)]);
}

const outside = new WeakMap<Repository, Promise<Conversion>>();

/** Asked once for a run. */
function outsideOf(repo: Repository): Promise<Conversion> {
  const known = outside.get(repo) ?? lookOutside(repo);
  outside.set(repo, known);
  known.catch(() => outside.delete(repo));
  return known;
}

/** Where distributions of git keep the machine's. */
const machineFiles = ["/etc", "/usr/local/etc", "/opt/homebrew/etc"].map((folder) =>
  join(folder, "gitattributes"),
);

async function lookOutside(repo: Repository): Promise<Conversion> {
  if (process.platform === "win32") return "unknown";
  const args = [
    "config",
    "--null",
    "--get-regexp",
    String.raw`^core\.(attributesfile|eol|filemode|symlinks|ignorecase)$`,
  ];
  const { stdout } = await runGit({ cwd: repo.commonDir }, args, { expect: [0, 1] });
  const entries = stdout.split("\0").map((entry) => entry.split("\n"));
  const config = new Map(entries.map(([name = "", value = "true"]) => [name, value.toLowerCase()]));
  const isPlain = [...config].every(([name, value]) => plainSettings[name]?.includes(value) ?? name === "");
  if (!isPlain) return "unknown";
  const home = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  const places = [
    ...machineFiles,
    join(home, "git", "attributes"),
    join(repo.commonDir, "info", "attributes"),
  ];
  return worst(places.map(readText).map(conversionIn));
}

/** With any other value git's own hand is needed; a file of attributes elsewhere is such a value. */
const plainSettings: Record<string, readonly string[]> = {
  "core.eol": ["lf", "native"],
  "core.filemode": ["true", "yes", "on", "1"],
  "core.symlinks": ["true", "yes", "on", "1"],
  "core.ignorecase": ["false", "no", "off", "0"],
};

const mostBytes = 256 * 1024;

/** Empty where there is none; null where it is none that may be read. Git follows no link to one. */
function readText(path: string | Buffer): string | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const state = fstatSync(file);
      return state.isFile() && state.size <= mostBytes ? readFileSync(file, "utf8") : null;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "") ? "" : null;
  }
}

/** Attributes by which a file's bytes are others than its blob's, where filters are off. */
const converting: ReadonlySet<string> = new Set(["crlf", "eol", "ident", "text", "working-tree-encoding"]);

/** These do so only to line ends with a carriage return, and on machines that use none themselves add none. */
const ofReturns = /^(?:[-!]?text|text=auto|eol=lf|-crlf|-ident)$/;

/** @param text of an attributes file */
function conversionIn(text: string | null): Conversion {
  if (text === null || text.includes("[attr]")) return "unknown";
  // The pattern is looked at like an attribute: one that is called so is only a reason to leave it to git.
  const words = text
    .split(/\s+/)
    .filter((word) => converting.has(word.replace(/^[-!]/, "").replace(/=.*/, "")));
  if (words.length === 0) return "plain";
  return words.every((word) => ofReturns.test(word)) ? "withoutReturns" : "unknown";
}

function worst(found: readonly Conversion[]): Conversion {
  if (found.includes("unknown")) return "unknown";
  return found.includes("withoutReturns") ? "withoutReturns" : "plain";
}

const carriageReturn = 0x0d;

/** Whether this content is the same in a blob and in a file. */
export function isExact(content: Uint8Array, conversion: Conversion): boolean {
  if (conversion === "unknown") return false;
  return conversion === "plain" || !content.includes(carriageReturn);
}
