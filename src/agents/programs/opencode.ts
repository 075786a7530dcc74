import { readOpencodeExit } from "./opencode-end.ts";
import { isOpencodeOver, startReadingOpencode } from "./opencode-lines.ts";
import { startOpencode } from "./opencode-start.ts";
import type { CliProgram } from "./program.ts";

/** opencode, headless. Seen with 1.18.33. */
export const opencode: CliProgram = {
  name: "opencode",
  install: "npm install -g opencode-ai",
  apis: ["anthropic", "openai", "google", "openai-chat"],
  notes: "next-start",
  resumes: true,
  credentialFiles: [".local/share/opencode/auth.json"],
  // Its makers' own subscription; whoever has a vendor's key goes by the gateway, which keeps it out of the sandbox.
  credentialEnv: ["OPENCODE_API_KEY"],
  start: startOpencode,
  parseLine: (line) => startReadingOpencode()(line),
  startReading: startReadingOpencode,
  isOver: isOpencodeOver,
  readEnd: readOpencodeExit,
};
