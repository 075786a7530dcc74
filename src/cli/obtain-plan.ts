import { hasBoxes, type Planned, type Planning, makePlan } from "../engine/make-plan.ts";
import type { Input } from "../engine/read-input.ts";
import type { Workspace } from "../engine/workspace.ts";
import { apiAgent } from "../core/agent-spec.ts";
import { AgentxError, exitCodes } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { plainLine } from "../core/plain-text.ts";
import { noSpend } from "../core/usage.ts";
import { ask } from "./confirm.ts";
import { isInteractive, onInterrupt, tell, type Terminal } from "./terminal.ts";

type Around = Pick<Planning, "run" | "settings" | "base"> & {
  workspace: Workspace;
  /** What the input is already, or null for a free text. */
  plan: Plan | null;
  /** Only a planner needs one: reading a plan runs nothing. */
  openSandboxes: () => Promise<Planning["sandboxes"]>;
};

/** The plan that was handed in, or the one that the planner's model makes of a free text. Ctrl-C and its like stop the planner. */
export async function obtainPlan(terminal: Terminal, input: Input, around: Around): Promise<Planned> {
  const { plan } = around;
  if (plan !== null) return { plan, planning: noSpend };
  const boxes = hasBoxes(input) ? ` (no heading "## Tasks" stands above its boxes)` : "";
  const who = plannerOf(around.settings);
  tell(terminal, `${plainLine(input.file)} is a text, not a plan${boxes}: ${plainLine(who)} plans it now.`);
  const sandboxes = await around.openSandboxes();
  const controller = new AbortController();
  const stopListening = onInterrupt(terminal, () => controller.abort(interrupted(input)));
  try {
    return await makePlan(around.workspace, input, {
      ...around,
      sandboxes,
      ask: isInteractive(terminal) ? (question) => ask(terminal, question) : null,
      onActivity: (text) => tell(terminal, `  ${plainLine(text)}`),
      signal: controller.signal,
    });
  } finally {
    stopListening();
  }
}

function plannerOf({ agents, models }: RunSettings): string {
  if (agents.plan !== apiAgent) return agents.plan;
  return models.plan[0] ?? "a model";
}

function interrupted({ file }: Input): AgentxError {
  const problem = { where: file, what: "the planning was interrupted; nothing was started", hint: "" };
  return new AgentxError("INTERRUPTED", problem, exitCodes.interrupted);
}
