import { dummyKey } from "../guest/door.ts";
import type { Start, StartOptions } from "./program.ts";

/** A day: a question to the person waits as an open call of a tool, and calls of the model wait with it. */
const patientMs = String(24 * 60 * 60 * 1000);
const longestCommandMs = String(60 * 60 * 1000);
const systemFile = ".claude/agentx-system.md";

const reading = ["Bash", "Read"];
const writing = ["Bash", "Edit", "Read", "Write"];

/** No trailers in commit messages, and nothing about commits in the prompt: agentx commits. */
const settings = { attribution: { commit: "", pr: "" }, includeGitInstructions: false };

const quiet = {
  // The sandbox is the wall; without this the program refuses to skip its permissions as root.
  IS_SANDBOX: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  // What ends with the turn cannot be waited for: nobody starts another one.
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  // Our few tools are named in the first request instead of being searched for.
  ENABLE_TOOL_SEARCH: "false",
  MCP_TOOL_TIMEOUT: patientMs,
  // Five minutes otherwise, whatever the other one says.
  CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT: patientMs,
  BASH_MAX_TIMEOUT_MS: longestCommandMs,
  NO_PROXY: "127.0.0.1,localhost",
};

/** The gateway retries, watches, and lets calls wait while a question is open. */
const behindTheGateway = {
  // The usual ten tries, also after a 401, take minutes.
  CLAUDE_CODE_MAX_RETRIES: "2",
  // Without these three a call that has no answer after six minutes is made again.
  CLAUDE_ENABLE_BYTE_WATCHDOG: "0",
  CLAUDE_ENABLE_STREAM_WATCHDOG: "0",
  API_FORCE_IDLE_TIMEOUT: "0",
  API_TIMEOUT_MS: patientMs,
  CLAUDE_STREAM_FIRST_BYTE_TIMEOUT_MS: patientMs,
};

export function startClaude(options: StartOptions): Start {
  const { system, prompt, session, newSession, model, urls, home, readOnly, web } = options;
  const mcp = { mcpServers: { agentx: { type: "http", url: urls.mcp } } };
  return {
    args: [
      "-p",
      "--output-format",
      "stream-json",
      "--verbose",
      "--input-format",
      "stream-json",
      "--dangerously-skip-permissions",
      // Neither settings, hooks and skills of the worktree nor CLAUDE.md and AGENTS.md: the prompt has what counts.
      "--setting-sources",
      "",
      "--disable-slash-commands",
      "--settings",
      JSON.stringify(settings),
      "--strict-mcp-config",
      "--mcp-config",
      JSON.stringify(mcp),
      "--tools",
      [...(readOnly ? reading : writing), ...(web ? ["WebSearch"] : [])].join(","),
      ...(system === "" ? [] : ["--append-system-prompt-file", `${home}/${systemFile}`]),
      // Otherwise a resumed session keeps the system prompt of its first start, whatever is given now.
      "--system-prompt-snapshot",
      "off",
      ...(model === null ? [] : ["--model", model.name]),
      ...(session === null ? ["--session-id", newSession] : ["--resume", session]),
    ],
    env: { ...quiet, CLAUDE_CONFIG_DIR: `${home}/.claude`, ...modelEnv(options) },
    stdin: claudeUserLine(prompt),
    keepsInput: true,
    files: system === "" ? {} : { [systemFile]: system },
  };
}

/** With its own login neither: the address would win over it. */
function modelEnv({ credentials, model, urls }: StartOptions): Record<string, string> {
  // Small calls on the side go to the one model that is let through.
  const small = model === null ? {} : { ANTHROPIC_DEFAULT_HAIKU_MODEL: model.name };
  if (credentials === "own") return small;
  return { ...small, ...behindTheGateway, ANTHROPIC_BASE_URL: urls.anthropic, ANTHROPIC_API_KEY: dummyKey };
}

export function claudeUserLine(words: string): string {
  // Words that begin with a slash are a command to it, even where commands are off, and end the turn without a call.
  const text = words.startsWith("/") ? ` ${words}` : words;
  const content = [{ type: "text", text }];
  return `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`;
}
