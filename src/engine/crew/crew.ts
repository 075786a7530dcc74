import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { type Agent, nothingNeeded } from "../../agents/agent.ts";
import type { OpenDoor } from "../../agents/guest/door.ts";
import { type AgentSpec, agentNameFor, findAgentSpec } from "../../core/agent-spec.ts";
import { parseHostRule } from "../../core/egress/allowlist.ts";
import { AgentxError } from "../../core/error.ts";
import type { Role, Task } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import type { Egress } from "../../sandbox/egress/egress.ts";
import type { Env } from "../../sys/paths.ts";
import { personProxy } from "../network-env.ts";
import type { Workspace } from "../workspace.ts";
import { apiOf, keyEnvOf } from "./gateway-model.ts";
import { openGuest } from "./guests.ts";
import { withOwnLogin } from "./own-login.ts";

/** Everybody who can take a job in this run. */
export type Crew = {
  /** An agent that cannot be had fails at its work, which holds the run and asks the person; it is looked for again then. */
  memberFor: (job: { role: Role; task: Task | null }) => Promise<Agent>;
};

type Hiring = { workspace: Workspace; settings: RunSettings; api: Agent; openDoor: OpenDoor };

export function createCrew(hiring: Hiring): Crew {
  const members = new Map<string, Promise<Agent>>();
  return {
    memberFor: async (job) => {
      const name = agentNameFor(hiring.settings.agents, job);
      const spec = findAgentSpec(name, hiring.settings.programs);
      if (spec === null) return hiring.api;
      if (spec === undefined) throw new Error(`the run's settings do not describe the agent "${name}"`);
      const member = members.get(name) ?? hire(name, { spec, ...hiring });
      members.set(name, member);
      try {
        return await member;
      } catch (error) {
        if (!(error instanceof AgentxError)) throw error;
        members.delete(name);
        return absentAgent(name, error);
      }
    },
  };
}

function absentAgent(name: string, { problems: [problem], message }: AgentxError): Agent {
  const reason = problem === undefined ? message : `${problem.where}: ${problem.what}`;
  const failure = { kind: "provider", reason, hint: problem?.hint ?? "" } as const;
  return { name, needs: nothingNeeded, work: async () => ({ type: "failed", failure }) };
}

/** Every public host, and those that its entry names. */
function ownNetwork(name: string, { spec, env }: { spec: AgentSpec; env: Env }): Egress {
  const rules = (spec.network ?? []).flatMap((entry) => parseHostRule(entry) ?? []);
  const allow = { isAnyPublic: true, rules };
  return { allow, setting: `programs.${name}.network`, personProxy: personProxy(env) };
}

async function hire(
  name: string,
  { spec, workspace, settings, openDoor }: Hiring & { spec: AgentSpec },
): Promise<Agent> {
  const { env } = workspace;
  const around = { providers: settings.providers, env };
  const { createGuestAgent } = await import("../../agents/guest/guest-agent.ts");
  const guest = await openGuest(spec, workspace);
  const isOwn = spec.credentials === "own";
  const loginEnv = Object.fromEntries(
    (isOwn ? guest.credentialEnv : []).flatMap((variable) =>
      env[variable] ? [[variable, env[variable]]] : [],
    ),
  );
  const agent = createGuestAgent({
    name,
    spec: { ...spec, env: { ...spec.env, ...loginEnv } },
    guest,
    openDoor,
    ...(isOwn && { network: ownNetwork(name, { spec, env }) }),
    apiOf: (id) => apiOf(id, around),
    keyEnvOf: (id) => keyEnvOf(id, around),
    newId: randomUUID,
    now: () => performance.now(),
  });
  if (!isOwn) return agent;
  return withOwnLogin(agent, { files: guest.credentialFiles, personHome: env["HOME"] ?? homedir() });
}
