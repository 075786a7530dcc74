import type { Role, Task } from "./plan.ts";

/** Programs of other vendors that agentx knows how to drive without being told. */
export const programNames = ["claude", "codex", "gemini", "opencode", "pi"] as const;
export type ProgramName = (typeof programNames)[number];

/**
 * Who pays and who is known to the model's vendor. `gateway`: agentx adds the key, counts and holds the budget.
 * `own`: the program uses its own login; it gets every public host, and its usage is what it says itself.
 * `none`: a command that asks no model; it gets no network.
 */
export type Credentials = "gateway" | "own" | "none";

/** Whether agentx has a model and a key for it. */
export function asksGateway({ credentials }: { credentials: Credentials }): boolean {
  return credentials === "gateway";
}

/** How an agent other than the built-in loop is had. */
export type AgentSpec = (
  | { type: "program"; program: ProgramName }
  /** Speaks the Agent Client Protocol on stdin and stdout. */
  | { type: "acp"; command: string; args: string[] }
  /** Run by `sh -c`; `{prompt_file}` and `{model}` are replaced. Its exit code and the diff are the result. */
  | { type: "command"; command: string }
) & {
  /** `provider/id` instead of the role's models, or null. */
  model: string | null;
  /** Put before every prompt; empty for nothing. */
  prompt: string;
  credentials: Credentials;
  /** Whether the vendor may look things up in the web for it, as part of a model call. */
  web: boolean;
  /** Added to the program's environment. Names of variables must not be those of keys. */
  env: Record<string, string>;
  /** Hosts that a program with its own login may reach besides every public one; most need none. */
  network?: string[];
};

/** The built-in loop. */
export const apiAgent = "api";

/** What a name in `agents` stands for; null for the built-in loop, undefined where nobody described it. */
export function findAgentSpec(
  name: string,
  programs: Readonly<Record<string, AgentSpec>>,
): AgentSpec | null | undefined {
  if (Object.hasOwn(programs, name)) return programs[name];
  if (name === apiAgent) return null;
  const program = programNames.find((one) => one === name);
  return (
    program && {
      type: "program",
      program,
      model: null,
      prompt: "",
      credentials: "gateway",
      web: false,
      env: {},
    }
  );
}

export type RoleAgents = Record<Role, string>;

export const apiForEveryRole: RoleAgents = {
  plan: apiAgent,
  research: apiAgent,
  implement: apiAgent,
  review: apiAgent,
  resolve: apiAgent,
};

/** Who does a task's work in this role; the task's own agent does only the work of the task's own role. */
export function agentNameFor(
  agents: RoleAgents,
  { role, task }: { role: Role; task: Pick<Task, "role" | "agent"> | null },
): string {
  return (role === task?.role ? task.agent : undefined) ?? agents[role];
}
