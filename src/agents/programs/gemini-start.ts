import { join } from "node:path";
import { geminiEnv, geminiFiles } from "./gemini-config.ts";
import type { Start, StartOptions } from "./program.ts";

/**
 * It counts up to 1.3 tokens a character, and ends without a word, with exit code 0, where that is more than the model takes.
 * What is past 8 MiB of stdin it cuts.
 */
const longestPrompt = 600_000;
const promptFile = ".gemini/agentx-prompt.md";

export function startGemini(options: StartOptions): Start {
  const { prompt, session, newSession, model, home } = options;
  const isLong = prompt.length > longestPrompt;
  return {
    args: [
      "--output-format",
      "stream-json",
      "--approval-mode",
      "yolo",
      // The worktree's settings may name more; a flag wins over them.
      "--allowed-mcp-server-names",
      "agentx",
      // Without a model it asks another one which to take.
      ...(model === null ? [] : ["--model", model.name]),
      ...(session === null ? ["--session-id", newSession] : ["--resume", session]),
    ],
    env: geminiEnv(options),
    stdin: isLong ? pointTo(join(home, promptFile)) : plain(prompt),
    keepsInput: false,
    files: { ...geminiFiles(options), ...(isLong ? { [promptFile]: prompt } : {}) },
  };
}

/** Its own tool for reading keeps to the worktree. */
function pointTo(file: string): string {
  return `Your task is in the file ${file}. Read all of it with shell commands, piece by piece, before you begin.`;
}

/** A first "/" would make a command of it. */
function plain(prompt: string): string {
  return prompt.startsWith("/") ? `\n${prompt}` : prompt;
}
