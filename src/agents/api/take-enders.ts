import type { AssistantMessage, ToolCall } from "../../models/model.ts";
import type { WorkerJob } from "../agent.ts";
import { isEnder } from "./next-step.ts";
import type { ToolResult } from "./tool.ts";
import { ToolError } from "./tool.ts";
import { askedBy } from "./tools/ask.ts";
import { finishedBy } from "./tools/finish.ts";

/** Answers to the calls that would end the work. The first one decides; it is taken when its result is no error. */
export function takeEnders(
  message: AssistantMessage,
  { job, results }: { job: WorkerJob; results: readonly ToolResult[] },
): ToolResult[] {
  const [first, ...others] = message.toolCalls.filter(({ name }) => isEnder(name, job));
  if (first === undefined) return [];
  const refusal = refuse(first, { job, results });
  return [
    { id: first.id, name: first.name, text: refusal ?? "Taken.", isError: refusal !== null },
    ...others.map(({ id, name }) => ({
      id,
      name,
      text: `Not taken: ${first.name} came first.`,
      isError: true,
    })),
  ];
}

/** Why a call does not end the work, as a sentence for the model; null when it does. */
function refuse(
  call: ToolCall,
  { job, results }: { job: WorkerJob; results: readonly ToolResult[] },
): string | null {
  if (call.invalid !== undefined)
    return `the arguments were not a JSON object: ${call.invalid.slice(0, 200)}`;
  if (results.some(({ isError }) => isError)) {
    return `Not taken: another call of the same message failed. See to it, then call ${call.name} again.`;
  }
  try {
    if (call.name === job.submit?.tool.name) return job.submit.check(call.input);
    if (call.name === "finish") {
      finishedBy(call);
      return null;
    }
    askedBy(call);
    return "Not asked: call ask alone, so that you see the other results before you wait.";
  } catch (error) {
    if (error instanceof ToolError) return error.message;
    throw error;
  }
}
