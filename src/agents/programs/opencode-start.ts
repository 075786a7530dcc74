import { join } from "node:path";
import { opencodeConfig, opencodeModel } from "./opencode-config.ts";
import type { Start, StartOptions } from "./program.ts";

const folder = ".config/opencode";
const systemFile = `${folder}/agentx.md`;

export function startOpencode(options: StartOptions): Start {
  const { system, prompt, session, model, credentials, home } = options;
  const config = opencodeConfig(options, join(home, systemFile));
  return {
    args: [
      "run",
      "--format",
      "json",
      // Without a title it asks the model for one.
      "--title",
      "agentx",
      "--auto",
      ...(model === null ? [] : ["--model", opencodeModel(model, credentials)]),
      ...(session === null ? [] : ["--session", session]),
    ],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      // Plugins that the worktree names are installed from the network: without one it waits for minutes. This leaves out
      // the worktree's AGENTS.md too: the prompt has what counts.
      OPENCODE_DISABLE_PROJECT_CONFIG: "1",
      // The worktree's .claude and .agents, which are no configuration to it.
      OPENCODE_DISABLE_CLAUDE_CODE: "1",
      OPENCODE_DISABLE_EXTERNAL_SKILLS: "1",
      ...(credentials === "gateway" ? { OPENCODE_DISABLE_MODELS_FETCH: "1" } : {}),
      // It leaves a library of 6 MB there at every start. The sandbox's own folder ends with the sandbox.
      TMPDIR: home.startsWith("/tmp/") ? join(home, "tmp") : "/tmp",
      NO_PROXY: "127.0.0.1,localhost",
    },
    stdin: prompt,
    keepsInput: false,
    files: {
      [`${folder}/opencode.json`]: `${JSON.stringify(config, null, 2)}\n`,
      [systemFile]: system,
      "tmp/.keep": "",
    },
  };
}
