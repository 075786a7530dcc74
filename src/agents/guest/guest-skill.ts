import { readSkillFile } from "../../context/skill.ts";
import type { Role } from "../../core/plan.ts";
import { renderTemplate } from "../../sys/render-template.ts";
import type { WorkerJob } from "../agent.ts";

const roleFiles: Record<Role, string> = {
  plan: "planner",
  research: "researcher",
  implement: "worker",
  review: "reviewer",
  resolve: "resolver",
};

/**
 * The rules of a role for a guest. The built-in loop's own skills speak of tools that a guest does not have; these say
 * how to ask, how to end, and what agentx does afterwards. The same for every task of a role.
 */
export async function renderGuestSystem({
  role,
  tools,
  submit,
}: Pick<WorkerJob, "role" | "tools" | "submit">): Promise<string> {
  const [frame, rules, ask, end] = await Promise.all([
    readGuestFile("prompt"),
    readGuestFile(roleFiles[role]),
    readGuestFile(tools.includes("ask") ? "ask" : "nobody"),
    readGuestFile(submit === null ? "end-note" : "end-data"),
  ]);
  return renderTemplate(frame, { role: rules, ask, end });
}

/** What a guest is told: with the words before it that its description has for every prompt. */
export function renderGuestPrompt(spec: { prompt: string }, prompt: string): string {
  return [spec.prompt, prompt].filter((part) => part !== "").join("\n\n");
}

/** A prompt for work that ends in data: it says in which form. */
export async function renderSubmitPrompt(
  prompt: string,
  { tool }: NonNullable<WorkerJob["submit"]>,
): Promise<string> {
  return renderTemplate(await readGuestFile("submit"), {
    prompt,
    what: tool.description,
    schema: JSON.stringify(tool.parameters),
  });
}

function readGuestFile(name: string): Promise<string> {
  return readSkillFile(`guest/${name}`);
}
