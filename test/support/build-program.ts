import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execFileSync } from "node:child_process";
import { programVariable } from "./program.ts";

const root = join(import.meta.dirname, "../..");
/** What a build is made of. */
const sources = [
  "src",
  "build",
  "rolldown.config.ts",
  "tsconfig.json",
  "tsconfig.build.json",
  "package.json",
  "package-lock.json",
];
/** What the program reads from beside `dist`. */
const beside = ["skills", "schema", "docs", "node_modules"];
const keptMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Before whole runs: has them run the program as it is installed, which starts in a third of the time that the sources take.
 * It is built from a copy, so that neither an edit meanwhile nor another build of `dist` gets between, and kept until a source differs.
 */
export function setup(): void {
  const cache = process.env["AGENTX_TEST_CACHE"] ?? join(homedir(), ".cache", "agentx-tests");
  const home = join(cache, `built-${keyOf(sources)}`);
  if (!existsSync(home)) build(cache, home);
  process.env[programVariable] = join(home, "dist", "agentx.cjs");
}

function build(cache: string, home: string): void {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${home}.`);
  try {
    for (const name of sources) cpSync(join(root, name), join(fresh, name), { recursive: true });
    for (const name of beside) symlinkSync(join(root, name), join(fresh, name));
    execFileSync("npm", ["run", "--silent", "build"], { cwd: fresh, stdio: ["ignore", "pipe", "inherit"] });
    renameSync(fresh, home);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another run may have been quicker, with the same.
    if (!existsSync(home)) throw error;
  }
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const isOld = name.startsWith("built-") && Date.now() - statSync(path).mtimeMs > keptMs;
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
}

/** Of the checkout too, since the build reads from beside itself there. */
function keyOf(names: readonly string[]): string {
  const hash = createHash("sha256").update(`${root}\n${process.version}\n`);
  for (const name of names)
    for (const file of filesOf(name)) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

function filesOf(name: string): string[] {
  if (statSync(join(root, name)).isFile()) return [name];
  const entries = readdirSync(join(root, name), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(root.length + 1))
    .sort();
}
