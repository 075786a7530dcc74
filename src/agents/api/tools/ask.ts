import { z } from "zod";
import type { ToolCall, ToolSpec } from "../../../models/model.ts";
import type { WorkerResult } from "../../agent.ts";
import { parseInput, toolSpec } from "../tool.ts";

const input = z.object({
  question: z.string().trim().min(1),
  options: z.array(z.string()).max(8).optional(),
  default: z.string().optional().describe("what you would do if nobody could answer"),
});

export const askSpec: ToolSpec = toolSpec("ask", {
  description: "Ask the person, when only they can decide. Call it alone; the answer comes as its result.",
  input,
});

/** @throws ToolError when the arguments will not do */
export function askedBy(call: ToolCall): Extract<WorkerResult, { type: "asked" }> {
  const {
    question,
    options = [],
    default: fallback = null,
  } = parseInput("ask", { schema: input, raw: call.input });
  return { type: "asked", text: question, options, default: fallback };
}
