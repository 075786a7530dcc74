/** Who does the work. A task of a plan is implement, research or review; agentx itself assigns plan and resolve. */
export type Role = "plan" | "research" | "implement" | "review" | "resolve";
export const roles: readonly Role[] = ["plan", "research", "implement", "review", "resolve"];
export type TaskRole = Extract<Role, "implement" | "research" | "review">;
export const taskRoles: readonly TaskRole[] = ["implement", "research", "review"];

export type Task = {
  /** kebab-case, unique in the plan: `[a-z0-9][a-z0-9-]*`. */
  id: string;
  title: string;
  role: TaskRole;
  /** Ids of the tasks that must have ended well before this one starts. */
  needs: string[];
  /** Paths or globs, relative to the repository's root, that the task will change. */
  touches: string[];
  acceptance: string[];
  /** `provider/id`; overrides the role's model. */
  model?: string;
  /** Name of the agent that does the work; overrides the role's agent. */
  agent?: string;
  /** How long it will take, as whoever planned it guesses; only its relation to the others' matters. */
  estimateMs?: number;
  /** Free text: what is wanted and why. */
  body: string;
  /** Ticked in the source: nothing is left to do. */
  done: boolean;
  /** 1-based line in the source file; 0 when the source has no lines. */
  line: number;
};

export type PlanFormat =
  | "plan"
  | "ralph-json"
  | "ralph-prd"
  | "dispatch"
  | "taskmaster"
  | "spec-kit"
  | "planner";

export type Plan = {
  title: string;
  /** The prose around the tasks: every worker may see it, within its budget. */
  prd: string;
  tasks: Task[];
  source: { file: string; format: PlanFormat };
};

/** A read-only role ends with a note for the tasks that need it, and nothing to merge. */
export function isReadOnly(role: Role): boolean {
  return role === "research" || role === "review" || role === "plan";
}
