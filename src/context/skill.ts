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

/** Each is asked for by every task. */
const texts = new Map<string, string>();

/** A text of `skills/`, which stands beside both `src/` and `dist/`, at the package's root. @param path below it, without `.md` */
export async function readSkillFile(path: string): Promise<string> {
  const text = texts.get(path) ?? (await readText(path));
  texts.set(path, text);
  return text;
}

async function readText(path: string): Promise<string> {
  return (await readFile(fileURLToPath(new URL(`../../skills/${path}.md`, import.meta.url)), "utf8")).trim();
}

/** A role's system prompt, the same for every task of a run, so that providers can cache it. */
export function readSkill(role: Role): Promise<string> {
  return readSkillFile(`${folders[role]}/prompt`);
}
