import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { execa } from "execa";

/** The releases that the tests are about; a newer one is a change of its line. */
export const releases = {
  claude: { package: "@anthropic-ai/claude-code", version: "2.1.330", file: "claude" },
  codex: { package: "@openai/codex", version: "0.169.0", file: "codex" },
  gemini: { package: "@google/gemini-cli", version: "0.61.0", file: "gemini" },
  opencode: { package: "opencode-ai", version: "1.18.33", file: "opencode" },
  pi: { package: "@earendil-works/pi-coding-agent", version: "0.87.1", file: "pi" },
  "claude-agent-acp": {
    package: "@agentclientprotocol/claude-agent-acp",
    version: "0.101.0",
    file: "claude-agent-acp",
  },
  "codex-acp": { package: "@agentclientprotocol/codex-acp", version: "2.6.0", file: "codex-acp" },
} as const;

export type NpmProgram = keyof typeof releases;

/**
 * Folder with the program as `npm install` leaves it in `node_modules/.bin`, ready to be put on a PATH. It is kept from
 * one run of the tests to the next in `$AGENTX_TEST_CACHE` or `~/.cache/agentx-tests`. Two at once may both install; the
 * folder only ever appears whole.
 */
export async function installProgram(name: NpmProgram): Promise<string> {
  const { package: pack, version, file } = releases[name];
  const cache = process.env["AGENTX_TEST_CACHE"] ?? join(homedir(), ".cache", "agentx-tests");
  const home = join(cache, `${name}-${version}`);
  const bin = join(home, "node_modules", ".bin");
  const isThere = (): Promise<boolean> =>
    stat(join(bin, file)).then(
      () => true,
      () => false,
    );
  if (await isThere()) return bin;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(`${home}.`);
  try {
    const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    await execa("npm", ["install", "--prefix", fresh, ...options, `${pack}@${version}`], {
      cwd: fresh,
      env: { PATH: systemPath() },
      timeout: 300_000,
    });
    // Refused where another was faster; then its copy is the one.
    await rename(fresh, home).catch(() => undefined);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if (!(await isThere()))
    throw new Error(`npm left no ${file} in ${bin}: ${(await readdir(home).catch(() => [])).join(", ")}`);
  return bin;
}

/** PATH without what an npm script puts in front: the machine's own npm belongs to the machine's own Node. */
export function systemPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}
