import type { ProgramName } from "../../core/agent-spec.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import type { CliProgram } from "./program.ts";

export const cliPrograms: Record<ProgramName, CliProgram> = { claude, codex, gemini, opencode, pi };
