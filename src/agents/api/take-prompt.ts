import type { Message } from "../../models/model.ts";
import type { WorkerJob } from "../agent.ts";
import { pendingQuestion } from "./next-step.ts";
import { isPrompt } from "./since-prompt.ts";

/**
 * Makes the job's prompt part of the conversation, unless it is already (a resumed attempt): as the result of the `ask`
 * that waits for it, else as the user's words. Calls of an earlier attempt that were never answered are closed first,
 * because providers refuse a conversation in which they stay open.
 */
export function takePrompt(job: WorkerJob): void {
  const { conversation, prompt } = job;
  const messages = conversation.messages();
  const last = messages.at(-1);
  const place = placeOf(messages, prompt);
  const question = last?.role === "assistant" ? pendingQuestion(last, job) : null;
  if (last?.role === "assistant" && question !== null) {
    // The process died between the ask and its journaling: the prompt is an older one, and the question stands.
    const isOld = place === "user" || (place === "answer" && !prompt.includes(question.text));
    if (!isOld) conversation.append(answered(last.toolCalls, prompt));
    return;
  }
  if (place !== null) return;
  if (last?.role === "assistant" && last.toolCalls.length > 0) conversation.append(closed(last.toolCalls));
  conversation.append({ role: "user", text: prompt });
}

function placeOf(messages: readonly Message[], prompt: string): "user" | "answer" | null {
  const found = messages.findLast((message) => isPrompt(message, prompt) !== null);
  return found === undefined ? null : isPrompt(found, prompt);
}

type Calls = readonly { id: string; name: string }[];

function answered(calls: Calls, answer: string): Message {
  const results = calls.map(({ id, name }, index) =>
    index === 0
      ? { id, name, text: answer, isError: false }
      : {
          id,
          name,
          text: "Not taken: the question came first. Call it again if it still stands.",
          isError: true,
        },
  );
  return { role: "tool", results };
}

function closed(calls: Calls): Message {
  const text =
    "Not known: the attempt ended before this was answered. Check the state before you rely on it.";
  return { role: "tool", results: calls.map(({ id, name }) => ({ id, name, text, isError: true })) };
}
