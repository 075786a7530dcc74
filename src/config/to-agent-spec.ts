import { type AgentSpec, programNames } from "../core/agent-spec.ts";
import type { ProgramEntry } from "./config-file.ts";

/** From what is written to what it means; `agentProblems` found nothing wrong with it. */
export function toAgentSpec(name: string, entry: ProgramEntry): AgentSpec {
  const { model = null, prompt = "", credentials = "gateway", env = {}, network } = entry;
  const spec = { ...kindOf(name, entry), model, prompt, credentials, env };
  return network === undefined ? spec : { ...spec, network };
}

function kindOf(
  name: string,
  { acp, command, ...entry }: ProgramEntry,
):
  | { type: "program"; program: (typeof programNames)[number] }
  | { type: "acp"; command: string; args: string[] }
  | { type: "command"; command: string } {
  if (acp !== undefined) return { type: "acp", command: acp.command, args: acp.args ?? [] };
  if (command !== undefined) return { type: "command", command };
  const program = entry.program ?? programNames.find((known) => known === name);
  if (program === undefined) throw new Error(`nothing says what ${name} is`);
  return { type: "program", program };
}
