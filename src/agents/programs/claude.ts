import { readClaudeExit } from "./claude-end.ts";
import { parseClaudeLine } from "./claude-line.ts";
import { claudeUserLine, startClaude } from "./claude-start.ts";
import type { CliProgram } from "./program.ts";

/** Claude Code, headless. Seen with 2.1.330. */
export const claude: CliProgram = {
  name: "claude",
  install: "npm install -g @anthropic-ai/claude-code",
  apis: ["anthropic"],
  // A user line that comes while a tool runs is part of the very next call; one that comes later gets a turn of its own.
  notes: "next-turn",
  noteLine: claudeUserLine,
  resumes: true,
  credentialFiles: [".claude/.credentials.json"],
  credentialEnv: ["CLAUDE_CODE_OAUTH_TOKEN"],
  start: startClaude,
  parseLine: parseClaudeLine,
  readEnd: readClaudeExit,
};
