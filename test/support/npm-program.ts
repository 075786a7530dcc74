import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { npmInstall } from "./npm-install.ts";

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
 * one run of the tests to the next in `$AGENTX_TEST_CACHE` or `~/.cache/agentx-tests`.
 */
export async function installProgram(name: NpmProgram): Promise<string> {
  const { package: pack, version, file } = releases[name];
  const cache = process.env["AGENTX_TEST_CACHE"] ?? join(homedir(), ".cache", "agentx-tests");
  const home = join(cache, `${name}-${version}`);
  await npmInstall(home, [`${pack}@${version}`]);
  const bin = join(home, "node_modules", ".bin");
  if (!existsSync(join(bin, file))) throw new Error(`npm left no ${file} in ${bin}`);
  return bin;
}
