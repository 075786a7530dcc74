import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Role } from "../core/plan.ts";

const folders: Record<Role, string> = {
  plan: "planner",
  research: "researcher",
  implement: "worker",
  review: "reviewer",
  resolve: "resolver",
};

/** Where a role's system prompt is: `skills/` stands beside both `src/` and `dist/`, at the package's root. */
function skillPath(role: Role): string {
  return fileURLToPath(new URL(`../../skills/${folders[role]}/prompt.md`, import.meta.url));
}

/** A role's system prompt, the same for every task of a run, so that providers can cache it. */
export async function readSkill(role: Role): Promise<string> {
  return (await readFile(skillPath(role), "utf8")).trim();
}
