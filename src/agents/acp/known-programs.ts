import { claude } from "../programs/claude.ts";
import { codex } from "../programs/codex.ts";
import { gemini } from "../programs/gemini.ts";
import { opencode } from "../programs/opencode.ts";
import type { CliProgram, StartOptions } from "../programs/program.ts";

/** Whose configuration an agent of this protocol may read: most are one of these in another coat. */
const known: readonly CliProgram[] = [claude, codex, gemini, opencode];

export const knownCredentialFiles: readonly string[] = known.flatMap(
  ({ credentialFiles }) => credentialFiles,
);
export const knownCredentialEnv: readonly string[] = known.flatMap(({ credentialEnv }) => credentialEnv);

export type Surroundings = { files: Record<string, string>; env: Record<string, string> };

/**
 * All of them, whatever the command is called: `gemini --acp`, an adapter of codex and a script that starts one of them
 * find the door the way the headless programs do. The role's rules go with the prompt, which every agent reads.
 */
export function knownSurroundings(
  options: Omit<StartOptions, "prompt" | "system" | "session">,
): Surroundings {
  const starts = known.map((program) => program.start({ ...options, prompt: "", system: "", session: null }));
  return {
    files: Object.assign({}, ...starts.map(({ files }) => files)),
    env: Object.assign({}, ...starts.map(({ env }) => env), modelEnv(options)),
  };
}

/** Headless programs are told their model by an argument. */
function modelEnv({ model }: Pick<StartOptions, "model">): Record<string, string> {
  return model === null ? {} : { ANTHROPIC_MODEL: model.name, GEMINI_MODEL: model.name };
}
