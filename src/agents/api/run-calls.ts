import { plainLine } from "../../core/plain-text.ts";
import type { AssistantMessage, ToolCall } from "../../models/model.ts";
import { SandboxFileError } from "../../sandbox/sandbox.ts";
import type { WorkerJob } from "../agent.ts";
import { capOutput } from "./cap-output.ts";
import { isEnder } from "./next-step.ts";
import { Stopped, untilAborted } from "../stopped.ts";
import { takeEnders } from "./take-enders.ts";
import { ToolError, type Tool, type ToolResult } from "./tool.ts";
import type { Toolset } from "./tools/catalog.ts";
import type { Vigil } from "../vigil.ts";

export type Round = {
  job: WorkerJob;
  toolset: Toolset;
  vigil: Vigil;
  /** The process died after these calls were made: whether they ran is not known. */
  interrupted: boolean;
};

const interruptedText =
  "This was interrupted and may have run or not. Check the state and run it again if needed.";
const maxActivityLength = 120;

/** One result for each call of the message, in its order. Reading calls side by side run at once, all others in turn. */
export async function runCalls(message: AssistantMessage, round: Round): Promise<ToolResult[]> {
  const working = message.toolCalls.filter(({ name }) => !isEnder(name, round.job));
  const results = new Map<string, ToolResult>();
  for (const batch of batches(working, round.toolset)) {
    const done = await Promise.all(batch.map((call) => runCall(call, round)));
    for (const result of done) results.set(result.id, result);
  }
  for (const result of takeEnders(message, { job: round.job, results: [...results.values()] })) {
    results.set(result.id, result);
  }
  return message.toolCalls.flatMap(({ id }) => results.get(id) ?? []);
}

function batches(calls: readonly ToolCall[], { tools }: Toolset): ToolCall[][] {
  const all: ToolCall[][] = [];
  let isOpen = false;
  for (const call of calls) {
    const joins = tools.get(call.name)?.isReadOnly ?? false;
    if (joins && isOpen) all.at(-1)?.push(call);
    else all.push([call]);
    isOpen = joins;
  }
  return all;
}

async function runCall(call: ToolCall, round: Round): Promise<ToolResult> {
  const { id, name } = call;
  const { job, vigil, toolset } = round;
  try {
    if (call.invalid !== undefined)
      throw new ToolError(`the arguments were not a JSON object: ${shorten(call.invalid)}`);
    const tool = toolset.tools.get(name);
    if (tool === undefined)
      throw new ToolError(`there is no tool "${shorten(name)}"; there are ${namesOf(toolset)}`);
    if (round.interrupted && !tool.isRepeatable) throw new ToolError(interruptedText);
    const output = await perform(tool, { call, round });
    const spill = {
      scratch: job.scratch,
      name: `output-${job.conversation.messages().length}-${safe(id)}.txt`,
    };
    return { id, name, text: await capOutput(output, spill), isError: false };
  } catch (error) {
    vigil.signal.throwIfAborted();
    if (error instanceof ToolError || error instanceof SandboxFileError) {
      return { id, name, text: error.message, isError: true };
    }
    const reason = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    throw new Stopped({ kind: "setup", reason: `a tool could not be run: ${reason}`, hint: "" });
  }
}

async function perform(tool: Tool, { call, round }: { call: ToolCall; round: Round }): Promise<string> {
  const { job, vigil } = round;
  const prepared = tool.prepare(call.input);
  const activity = plainLine(prepared.describe()).slice(0, maxActivityLength);
  job.onActivity(activity);
  vigil.waitsFor(activity);
  const silenceMs = job.limits.stallMs * 0.8;
  const scope = { sandbox: job.sandbox, signal: vigil.signal, onOutput: vigil.touch, silenceMs };
  return untilAborted(prepared.run(scope), vigil.signal);
}

function namesOf({ specs }: Toolset): string {
  return specs.map(({ name }) => name).join(", ");
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)} …`;
}

/** An id comes from the model's side: as part of a file's name it must not lead anywhere. */
function safe(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, "").slice(-40);
}
