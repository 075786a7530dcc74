import { join } from "node:path";
import { dummyKey } from "../guest/door.ts";
import { codexConfig, codexKeyEnv } from "./codex-config.ts";
import type { Start, StartOptions } from "./program.ts";

/** It refuses a prompt of more than 1,048,576 characters. */
const longestPrompt = 1_000_000;
const promptFile = ".codex/agentx-prompt.md";

export function startCodex(options: StartOptions): Start {
  const { prompt, session, home, credentials } = options;
  const isLong = prompt.length > longestPrompt;
  return {
    args: [
      "exec",
      ...(session === null ? [] : ["resume"]),
      "--json",
      "--skip-git-repo-check",
      // The sandbox around it is the wall, and has no room for a second one.
      "--dangerously-bypass-approvals-and-sandbox",
      ...(session === null ? [] : [session]),
      "-",
    ],
    env: {
      CODEX_HOME: join(home, ".codex"),
      // It makes no helpers under a folder for temporary files, and says so at every start.
      TMPDIR: home.startsWith("/tmp/") ? join(home, "tmp") : "/tmp",
      NO_PROXY: "127.0.0.1,localhost",
      ...(credentials === "gateway" ? { [codexKeyEnv]: dummyKey } : {}),
    },
    stdin: isLong
      ? `Your task is in the file ${join(home, promptFile)}. Read all of it before you begin.`
      : prompt,
    keepsInput: false,
    files: {
      ".codex/config.toml": codexConfig(options),
      "tmp/.keep": "",
      ...(isLong ? { [promptFile]: prompt } : {}),
    },
  };
}
