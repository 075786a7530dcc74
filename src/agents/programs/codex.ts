import { readCodexExit } from "./codex-end.ts";
import { startReadingCodex } from "./codex-lines.ts";
import { startCodex } from "./codex-start.ts";
import type { CliProgram } from "./program.ts";

/** Codex, headless. Seen with 0.169.0. */
export const codex: CliProgram = {
  name: "codex",
  install: "npm install -g @openai/codex",
  apis: ["openai"],
  notes: "next-start",
  resumes: true,
  credentialFiles: [".codex/auth.json"],
  // No key: whoever has one goes by the gateway, which keeps it out of the sandbox. This one is a login's token.
  credentialEnv: ["CODEX_ACCESS_TOKEN"],
  start: startCodex,
  parseLine: (line) => startReadingCodex()(line),
  startReading: startReadingCodex,
  readEnd: readCodexExit,
};
