import { readPiExit } from "./pi-end.ts";
import { isOverForPi, parsePiLine } from "./pi-line.ts";
import { startPi } from "./pi-start.ts";
import type { CliProgram } from "./program.ts";

/** pi, the coding agent, in its RPC mode: only there it takes notes while it works. Seen with 0.87.1. */
export const pi: CliProgram = {
  name: "pi",
  install: "npm install -g @earendil-works/pi-coding-agent",
  apis: ["anthropic", "openai", "google", "openai-chat"],
  // Given to the model after the tool calls that are under way.
  notes: "next-turn",
  noteLine: (text) => `${JSON.stringify({ type: "steer", message: text })}\n`,
  resumes: true,
  credentialFiles: [".pi/agent/auth.json"],
  credentialEnv: ["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
  start: startPi,
  parseLine: parsePiLine,
  isOver: isOverForPi,
  readEnd: readPiExit,
};
