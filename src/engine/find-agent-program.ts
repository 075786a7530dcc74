import type { AgentSpec } from "../core/agent-spec.ts";
import { findProgram } from "../sandbox/tools/find-program.ts";
import { missingProgram } from "./doctor/missing-program.ts";

/** `elsewhere`: a command of which it cannot be told what it starts. */
export type Sought =
  | { type: "found"; file: string }
  | { type: "elsewhere" }
  | { type: "missing"; program: string; install: string };

/** Looks on PATH for what an agent is started with; a program of the repository under work is never taken. */
export async function findAgentProgram(
  spec: AgentSpec,
  place: { path: string; notIn: string },
): Promise<Sought> {
  if (spec.type === "command") {
    const program = missingProgram(spec.command, { path: place.path, root: place.notIn });
    const install = "install it, or change the command in agentx.yaml";
    return program === null ? { type: "elsewhere" } : { type: "missing", program, install };
  }
  const program = spec.type === "program" ? spec.program : spec.command;
  const found = await findProgram(program, place);
  if (found !== null) return { type: "found", file: found.file };
  return { type: "missing", program, install: await installOf(spec) };
}

async function installOf(spec: AgentSpec): Promise<string> {
  if (spec.type !== "program") return "install it, or change acp.command in agentx.yaml";
  const { cliPrograms } = await import("../agents/programs/programs.ts");
  return cliPrograms[spec.program].install;
}
