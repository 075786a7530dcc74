import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { execa } from "execa";

/** The release that the tests are about; a newer one is a change of this line. */
const version = "2.1.330";

/**
 * Path of Claude Code's own program, from npm, kept from one run of the tests to the next in `$AGENTX_TEST_CACHE` or
 * `~/.cache/agentx-tests`. Two at once may both install; the folder only ever appears whole.
 */
export async function installClaudeCode(): Promise<string> {
  const cache = process.env["AGENTX_TEST_CACHE"] ?? join(homedir(), ".cache", "agentx-tests");
  const home = join(cache, `claude-code-${version}`);
  const found = await findProgram(home);
  if (found !== null) return found;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(`${home}.`);
  try {
    const options = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    await execa("npm", ["install", "--prefix", fresh, ...options, `@anthropic-ai/claude-code@${version}`], {
      cwd: fresh,
      env: { PATH: systemPath() },
      timeout: 240_000,
    });
    // Refused where another was faster; then its copy is the one.
    await rename(fresh, home).catch(() => undefined);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  const program = await findProgram(home);
  if (program === null)
    throw new Error(`npm left no program for this platform in ${home}; remove the folder`);
  return program;
}

/** npm installs, of all the platforms' packages, only the one for this machine. */
async function findProgram(home: string): Promise<string | null> {
  const scope = join(home, "node_modules", "@anthropic-ai");
  const names = await readdir(scope).catch(() => []);
  const native = names.find((name) => name.startsWith("claude-code-"));
  return native === undefined
    ? null
    : join(scope, native, process.platform === "win32" ? "claude.exe" : "claude");
}

/** PATH without what an npm script puts in front: the machine's own npm belongs to the machine's own Node. */
export function systemPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}
