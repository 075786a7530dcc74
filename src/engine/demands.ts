import { type AgentSpec, agentNameFor, findAgentSpec } from "../core/agent-spec.ts";
import type { Places } from "../config/config.ts";
import { placeAt } from "../core/place.ts";
import { type Plan, type Role, roles, type Task } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";

/** Somebody whose work a run is going to need: a role's agent, or a task's where the task asks for its own agent or model. */
export type Demand = {
  role: Role;
  task: Task | null;
  agent: string;
  /** Null for the built-in loop, undefined for a name that nobody described. */
  spec: AgentSpec | null | undefined;
  /** What asked for the agent: `agentx.yaml:3`, `plan.md:14`, `--agent`. */
  agentAt: string;
};

export type Demanding = {
  settings: RunSettings;
  plan: Plan | null;
  /** Roles whose agents are going to work. */
  needed: readonly Role[];
  /** Where agents and models are named, for those that are. */
  places: Places;
};

/** Who will work: for a plan its tasks' roles and what follows from them, for a text the planner and a change's. */
export function rolesOf(plan: Plan | null): Role[] {
  const change: Role[] = ["implement", "review", "resolve"];
  if (plan === null) return ["plan", ...change];
  const asked = new Set<Role>(openTasks(plan).map((task) => task.role));
  const all = [...asked, ...(asked.has("implement") ? change : [])];
  return roles.filter((role) => all.includes(role));
}

export function demandsOf({ settings, plan, needed, places }: Demanding): Demand[] {
  const ofRole = (role: Role): Demand => {
    const agent = settings.agents[role];
    // Whoever resolves is by default whoever implements.
    const agentAt = places.agents[role] ?? (role === "resolve" ? places.agents.implement : undefined);
    return { role, task: null, ...found(agent, settings), agentAt: agentAt ?? `agents.${role}` };
  };
  const ofTask = (task: Task): Demand => {
    const { role } = task;
    const at = placeAt(plan?.source.file ?? "", task.line);
    const agent = agentNameFor(settings.agents, { role, task });
    const agentAt = task.agent === undefined ? ofRole(role).agentAt : at;
    return { role, task, ...found(agent, settings), agentAt };
  };
  const open = plan === null ? [] : openTasks(plan);
  return [
    ...needed.filter((role) => isForRole(role, plan === null ? null : open)).map(ofRole),
    ...open.filter((task) => task.agent !== undefined || task.model !== undefined).map(ofTask),
  ];
}

/** A role whose tasks all ask for agents of their own needs none itself. */
function isForRole(role: Role, open: readonly Task[] | null): boolean {
  const isTaken = open?.some((task) => task.role === role) ?? false;
  if (open === null || !isTaken) return true;
  const reviewsChanges = role === "review" && open.some((task) => task.role === "implement");
  return reviewsChanges || open.some((task) => task.role === role && task.agent === undefined);
}

function found(agent: string, { programs }: RunSettings): Pick<Demand, "agent" | "spec"> {
  return { agent, spec: findAgentSpec(agent, programs) };
}

/** Those that are still to be done. */
export function openTasks({ tasks }: Plan): Task[] {
  return tasks.filter((task) => !task.done);
}
