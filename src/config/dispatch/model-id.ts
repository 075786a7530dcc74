import type { ProgramName } from "../../core/agent-spec.ts";

const families: readonly (readonly [string, RegExp])[] = [
  ["anthropic", /^(claude|opus|sonnet|haiku|fable)\b/i],
  ["openai", /^(gpt|o\d|codex)\b/i],
  ["google", /^gemini\b/i],
];

const vendorOfProgram: Partial<Record<ProgramName, string>> = {
  claude: "anthropic",
  codex: "openai",
  gemini: "google",
};

/** Names that only the program itself turns into a model. */
const shortNames = ["opus", "sonnet", "haiku", "fable"];

/** The vendor that a bare id names by its form, or null. */
export function familyOf(id: string): string | null {
  return families.find(([, pattern]) => pattern.test(id))?.[0] ?? null;
}

/** `provider/id` of an id without its provider; one that has it is left as it is. Null where nobody can tell. */
export function modelIdOf(id: string, program: ProgramName | null): string | null {
  if (/^[^\s/]+\/\S+$/.test(id)) return id;
  const vendor = familyOf(id) ?? (program === null ? null : vendorOfProgram[program]) ?? null;
  return vendor === null || /\s/.test(id) ? null : `${vendor}/${id}`;
}

export function isShortName(id: string): boolean {
  return shortNames.includes(id.toLowerCase());
}

/** The program that Dispatch would take for a model that its file does not list. */
export function programFor(id: string): ProgramName | null {
  const family = familyOf(id);
  if (family === "anthropic") return "claude";
  if (family === "openai") return "codex";
  return family === "google" ? "gemini" : null;
}
