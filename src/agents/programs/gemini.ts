import { readGeminiExit } from "./gemini-end.ts";
import { startReadingGemini } from "./gemini-lines.ts";
import { startGemini } from "./gemini-start.ts";
import type { CliProgram } from "./program.ts";

/** Gemini CLI, headless. Seen with 0.61.0. */
export const gemini: CliProgram = {
  name: "gemini",
  install: "npm install -g @google/gemini-cli",
  apis: ["google"],
  notes: "next-start",
  resumes: true,
  credentialFiles: [".gemini/oauth_creds.json", ".gemini/google_accounts.json"],
  // No key: whoever has one goes by the gateway, which keeps it out of the sandbox. A company's login needs its project.
  credentialEnv: ["GOOGLE_CLOUD_PROJECT"],
  start: startGemini,
  parseLine: (line) => startReadingGemini()(line),
  startReading: startReadingGemini,
  readEnd: readGeminiExit,
};
