import { z } from "zod";
import type { ToolCall, ToolSpec } from "../../../models/model.ts";
import type { WorkerResult } from "../../agent.ts";
import { parseInput, toolSpec } from "../tool.ts";

const input = z.object({
  note: z.string().describe("what you did or found, and what the next worker should know"),
});

export const finishSpec: ToolSpec = toolSpec("finish", {
  description: "Hand the work over when it is done. The gates run after this.",
  input,
});

/** @throws ToolError when the arguments will not do */
export function finishedBy(call: ToolCall): Extract<WorkerResult, { type: "finished" }> {
  const { note } = parseInput("finish", { schema: input, raw: call.input });
  return { type: "finished", note };
}
