import type { AssistantMessage, Message, Model, ModelReply } from "../../models/model.ts";
import type { WorkerJob, WorkerResult } from "../agent.ts";
import { createCaller } from "./call-model.ts";
import { createMeter, limitReached, wrapUpNotice } from "../limits.ts";
import { nextStep } from "./next-step.ts";
import { countRepeats, repeatsToFail, repeatsToWarn, repeatWarning } from "./repetition.ts";
import { runCalls } from "./run-calls.ts";
import { Stopped } from "../stopped.ts";
import { messagesSince, turnsSince } from "./since-prompt.ts";
import { takePrompt } from "./take-prompt.ts";
import { tidyReply } from "./tidy-reply.ts";
import { toolsetFor } from "./tools/catalog.ts";
import { takeTurn } from "../../sys/take-turn.ts";
import type { Vigil } from "../vigil.ts";

type LoopParts = { openModel: (id: string) => Model; now: () => number; vigil: Vigil };

const cutOffNotice =
  "Your reply was cut off at the output limit. Go on in smaller steps; write a long file in pieces.";

/**
 * Conversation → model → tools → conversation, until something ends the work. Every message is appended before the
 * next step, and nothing is ever changed or removed, so each request begins with the one before it.
 * @throws Stopped, or the signal's reason
 */
export async function runLoop(job: WorkerJob, { openModel, now, vigil }: LoopParts): Promise<WorkerResult> {
  const { conversation } = job;
  const toolset = toolsetFor(job);
  const meter = createMeter();
  const watched: WorkerJob = { ...job, onModelCall: (call) => (meter.add(call), job.onModelCall(call)) };
  const caller = createCaller({ job: watched, openModel, now, vigil });
  let interrupted = true;
  let notices: string[] = [];
  takePrompt(job);
  for (;;) {
    await takeTurn();
    vigil.signal.throwIfAborted();
    const step = nextStep(conversation.messages(), job, modelOf(conversation.messages()) ?? caller.model());
    switch (step.type) {
      case "end":
        return step.result;
      case "nudge":
        conversation.append({ role: "user", text: step.text });
        break;
      case "runCalls": {
        const results = await runCalls(step.message, { job, toolset, vigil, interrupted });
        conversation.append({ role: "tool", results });
        break;
      }
      case "callModel": {
        const turns = turnsSince(conversation.messages(), job.prompt);
        const reached = limitReached(job.limits, { turns, spend: meter.spend(), ms: vigil.elapsedMs() });
        if (reached !== null) throw new Stopped(reached);
        tell(job, [...notices, wrapUpNotice(job.limits, turns)]);
        const reply = await caller.call({ tools: toolset.specs, mustCall: step.mustCall });
        notices = keepReply(job, reply);
        break;
      }
    }
    interrupted = false;
  }
}

/** The notices of agentx and the notes of the person, as the last words before the model speaks. */
function tell({ conversation, takeNotes }: WorkerJob, notices: readonly (string | null)[]): void {
  for (const text of notices) {
    const last = conversation.messages().at(-1);
    const isThere = last?.role === "user" && last.text === text; // a resumed attempt was told already
    if (text !== null && !isThere) conversation.append({ role: "user", text });
  }
  for (const note of takeNotes())
    conversation.append({ role: "user", text: `Note from the person: ${note}` });
}

/**
 * @returns what the model is to be told before its next turn
 * @throws Stopped when the reply ends the attempt
 */
function keepReply({ conversation, prompt }: WorkerJob, { message, stop }: ModelReply): string[] {
  if (stop === "refusal") {
    const said = message.text.trim();
    throw failed(`the model declined${said === "" ? "" : `: ${said}`}`);
  }
  const before = countRepeats(messagesSince(conversation.messages(), prompt));
  const kept = tidyReply(message, conversation.messages());
  conversation.append(kept);
  const repeats = countRepeats(messagesSince(conversation.messages(), prompt));
  if (repeats >= repeatsToFail)
    throw failed(`the model made the same call ${repeats} times in a row: ${nameOf(kept)}`);
  const notices = before < repeatsToWarn && repeats >= repeatsToWarn ? [repeatWarning] : [];
  if (stop !== "length") return notices;
  if (kept.toolCalls.length > 0) return [...notices, cutOffNotice];
  conversation.append({ role: "user", text: cutOffNotice });
  return notices;
}

function failed(reason: string): Stopped {
  return new Stopped({ kind: "agent", reason, hint: "" });
}

function nameOf(message: AssistantMessage): string {
  return message.toolCalls.at(-1)?.name ?? "";
}

function modelOf(messages: readonly Message[]): string | null {
  return messages.findLast((message) => message.role === "assistant")?.native?.model ?? null;
}
