import { type AgentSpec, apiAgent, programNames } from "../core/agent-spec.ts";
import { didYouMean } from "../core/closest.ts";
import { AgentxError, type Problem } from "../core/error.ts";
import { type Demanding, demandsOf } from "./demands.ts";
import { findAgentProgram } from "./find-agent-program.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Looks for the program of everybody who is going to work. Nothing is started.
 * @throws AgentxError UNKNOWN_AGENT or AGENT_MISSING, with every problem and what asked for the agent
 */
export async function checkAgents(workspace: Workspace, demanding: Demanding): Promise<void> {
  const demands = demandsOf(demanding);
  const unknown = demands.flatMap(({ agent, spec, agentAt }) =>
    spec === undefined ? [unknownAgent(agent, agentAt, demanding.settings.programs)] : [],
  );
  if (unknown.length > 0) throw new AgentxError("UNKNOWN_AGENT", once(unknown));
  const missing: Problem[] = [];
  for (const { agent, spec, agentAt: where } of demands) {
    const lack = spec ? await missingOf(agent, spec, workspace) : null;
    if (lack !== null) missing.push({ where, ...lack });
  }
  if (missing.length > 0) throw new AgentxError("AGENT_MISSING", once(missing));
}

/** What an agent lacks to be started here; null when it is there. */
export async function missingOf(
  agent: string,
  spec: AgentSpec,
  { env, repo }: Pick<Workspace, "env"> & { repo: { root: string } },
): Promise<Omit<Problem, "where"> | null> {
  const sought = await findAgentProgram(spec, { path: env["PATH"] ?? "", notIn: repo.root });
  if (sought.type !== "missing") return null;
  const { program, install } = sought;
  const asFor = agent === program ? "" : ` for the agent "${agent}"`;
  return { what: `there is no program "${program}" on PATH${asFor}`, hint: install };
}

/** @param where what asks for it */
export function unknownAgent(
  agent: string,
  where: string,
  programs: Readonly<Record<string, AgentSpec>>,
): Problem {
  const known = [apiAgent, ...programNames, ...Object.keys(programs)];
  const others = `there are ${known.join(", ")}; describe another under programs in agentx.yaml`;
  return { where, what: `there is no agent "${agent}"`, hint: didYouMean(agent, known, others) };
}

/** What is wrong in one place with one agent is said once, however many roles ask for it there. */
function once(problems: readonly Problem[]): Problem[] {
  const isSame = (a: Problem, b: Problem): boolean => a.where === b.where && a.what === b.what;
  return problems.filter((problem, at) => problems.findIndex((one) => isSame(one, problem)) === at);
}
