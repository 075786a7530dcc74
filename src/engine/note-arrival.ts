import { agentNameFor, findAgentSpec } from "../core/agent-spec.ts";
import type { RunState } from "../core/run-state.ts";
import { findTask } from "./load-run.ts";

export type NoteArrival = {
  agent: string;
  /** `next-start`: the program takes nothing while it works; it is started once more before its work is handed over. */
  when: "next-turn" | "next-start";
};

/** When a note reaches the worker of a task. A worker may also ask for its notes itself. */
export async function noteArrival(state: RunState, task: string): Promise<NoteArrival> {
  const record = findTask(state, task);
  const role = record.role === "resolve" ? "resolve" : record.task.role;
  const agent = agentNameFor(state.settings.agents, { role, task: record.task });
  const spec = findAgentSpec(agent, state.settings.programs) ?? null;
  if (spec === null) return { agent, when: "next-turn" };
  if (spec.type !== "program") return { agent, when: "next-start" };
  const { cliPrograms } = await import("../agents/programs/programs.ts");
  return { agent, when: cliPrograms[spec.program].notes };
}
