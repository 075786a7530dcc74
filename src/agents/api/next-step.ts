import type { AssistantMessage, Message, ToolCall } from "../../models/model.ts";
import type { WorkerJob, WorkerResult } from "../agent.ts";
import { messagesSince } from "./since-prompt.ts";
import { askedBy } from "./tools/ask.ts";
import { finishedBy } from "./tools/finish.ts";

export type Step =
  | { type: "callModel"; mustCall: string | null }
  | { type: "runCalls"; message: AssistantMessage }
  | { type: "nudge"; text: string }
  | { type: "end"; result: WorkerResult };

type StepJob = Pick<WorkerJob, "tools" | "submit" | "prompt">;
const maxNudges = 2;

/**
 * What comes next follows from the conversation alone, so a resumed attempt goes on exactly where the process died.
 * @param model the model that spoke last, for a submitted value
 */
export function nextStep(messages: readonly Message[], job: StepJob, model: string): Step {
  const last = messages.at(-1);
  if (last === undefined || last.role === "user")
    return { type: "callModel", mustCall: mustCallNow(messages, job) };
  if (last.role === "tool") {
    const end = endedBy(messages, { job, model });
    return end === null ? { type: "callModel", mustCall: null } : { type: "end", result: end };
  }
  if (last.toolCalls.length === 0) return afterText(messages, { job, text: last.text });
  const asked = pendingQuestion(last, job);
  return asked === null ? { type: "runCalls", message: last } : { type: "end", result: asked };
}

/** `ask`, `finish` and the job's submit tool end the work, where the job has them. */
export function isEnder(name: string, job: Pick<StepJob, "tools" | "submit">): boolean {
  if (name === job.submit?.tool.name) return true;
  return (name === "ask" || name === "finish") && job.tools.includes(name);
}

/** The question that this message waits for: it comes first and nothing but other enders stands beside it. */
export function pendingQuestion(
  message: AssistantMessage,
  job: StepJob,
): Extract<WorkerResult, { type: "asked" }> | null {
  const [first] = message.toolCalls;
  if (first?.name !== "ask" || first.invalid !== undefined) return null;
  if (!message.toolCalls.every(({ name }) => isEnder(name, job))) return null;
  try {
    return askedBy(first);
  } catch {
    return null; // wrong arguments: they are run and answered as an error
  }
}

/** The result that the last tool message stands for, when `finish` or the submit tool was taken in it. */
function endedBy(
  messages: readonly Message[],
  { job, model }: { job: StepJob; model: string },
): WorkerResult | null {
  const last = messages.at(-1);
  const taken =
    last?.role === "tool"
      ? last.results.find((result) => !result.isError && isEnder(result.name, job) && result.name !== "ask")
      : undefined;
  if (taken === undefined) return null;
  const call = callOf(messages, taken.id);
  if (call === null) return null;
  return taken.name === "finish" ? finishedBy(call) : { type: "submitted", value: call.input, model };
}

function callOf(messages: readonly Message[], id: string): ToolCall | null {
  const asked = messages.findLast((message) => message.role === "assistant");
  return asked?.toolCalls.find((call) => call.id === id) ?? null;
}

/** Words end nothing: the model is reminded twice; then the words are the note, which is only ever read, never believed. */
function afterText(messages: readonly Message[], { job, text }: { job: StepJob; text: string }): Step {
  const ender = job.submit?.tool.name ?? (job.tools.includes("finish") ? "finish" : null);
  if (ender === null) return { type: "end", result: { type: "finished", note: text } };
  const nudge = nudgeText(ender);
  if (countNudges(messagesSince(messages, job.prompt), nudge) < maxNudges)
    return { type: "nudge", text: nudge };
  if (job.submit === null) return { type: "end", result: { type: "finished", note: text } };
  const reason = `the model ended without calling ${ender}`;
  return { type: "end", result: { type: "failed", failure: { kind: "agent", reason, hint: "" } } };
}

function nudgeText(ender: string): string {
  return `That called no tool. Go on with the work, or call ${ender} when it is done.`;
}

/** After the last reminder, a job that must end in data leaves the model no other choice. */
function mustCallNow(messages: readonly Message[], { submit, prompt }: StepJob): string | null {
  if (submit === null) return null;
  const nudges = countNudges(messagesSince(messages, prompt), nudgeText(submit.tool.name));
  return nudges >= maxNudges ? submit.tool.name : null;
}

/** Reminders at the end of an attempt's messages with nothing but words and other notices between them. */
function countNudges(messages: readonly Message[], nudge: string): number {
  const acted = messages.findLastIndex((message) => message.role === "tool");
  return messages.slice(acted + 1).filter((message) => message.role === "user" && message.text === nudge)
    .length;
}
