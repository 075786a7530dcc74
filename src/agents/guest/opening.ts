import type { Message } from "../../models/model.ts";
import type { WorkerJob } from "../agent.ts";
import { renderAccount } from "./account.ts";
import type { Answered } from "./questions.ts";

/** What a guest is started with. */
export type StartPrompt = { prompt: string; session: string | null };

/** How the record of a question begins in the conversation. */
export const askedMark = "Asked the person: ";

const interrupted =
  "You were interrupted in the middle of this. See what is there already (git status, git diff), and go on until it is done.";

/**
 * Makes the job's prompt part of the conversation, unless it is already (a resumed attempt), and gives what the guest is
 * told: in an earlier session only what is new, else the whole account.
 */
export function openWork(job: WorkerJob, session: string | null): StartPrompt {
  const { conversation, prompt } = job;
  const before = [...conversation.messages()];
  const isGiven = hasPrompt(before, job);
  if (!isGiven) conversation.append({ role: "user", text: prompt });
  if (before.length === 0) return { prompt, session: null };
  if (session !== null) return { prompt: isGiven ? interrupted : prompt, session };
  return { prompt: withoutSession(conversation.messages(), isGiven ? interrupted : ""), session: null };
}

/** What goes to the guest next: `news`, which the conversation ends with, or the whole account where it has no session. */
export function goOn(
  messages: readonly Message[],
  { session, news }: { session: string | null; news: string },
): StartPrompt {
  if (session !== null) return { prompt: news, session };
  return { prompt: withoutSession(messages, ""), session };
}

/** The model or the program failed in the middle of the work. */
export function goOnInterrupted(messages: readonly Message[], session: string | null): StartPrompt {
  if (session !== null) return { prompt: interrupted, session };
  return { prompt: withoutSession(messages, interrupted), session };
}

/** The account of all that was said, with the last words of agentx in full where nothing newer is to be told. */
function withoutSession(messages: readonly Message[], news: string): string {
  const [first, ...rest] = messages;
  const opening = first?.role === "user" ? first.text : "";
  const since = first?.role === "user" ? rest : messages;
  const at = since.findLastIndex((message) => message.role === "user");
  const last = since[at];
  if (last?.role !== "user") return renderAccount({ opening, since, news });
  const full = [last.text, news].filter((part) => part !== "").join("\n\n");
  return renderAccount({ opening, since: since.toSpliced(at, 1), news: full });
}

/** An answer to a question that was asked again in the same words is a new one, though its text is the same. */
function hasPrompt(messages: readonly Message[], { prompt, answer }: WorkerJob): boolean {
  const given = messages.findLastIndex((message) => message.role === "user" && message.text === prompt);
  if (given === -1) return false;
  const asked = messages.findLastIndex((message) => isQuestion(message, prompt));
  return answer === null || asked < given;
}

function isQuestion(message: Message, prompt: string): boolean {
  if (message.role !== "assistant" || !message.text.startsWith(askedMark)) return false;
  return prompt.includes(message.text.slice(askedMark.length));
}

/** What was asked in a conversation and how it was answered, oldest first. */
export function answersIn(messages: readonly Message[]): Answered[] {
  return messages.flatMap((message, at) => {
    if (message.role !== "assistant" || !message.text.startsWith(askedMark)) return [];
    const question = message.text.slice(askedMark.length);
    const begins = `You asked: ${question}\nThe person answers: `;
    const told = messages.slice(at + 1).find(({ role }) => role === "user");
    return told?.role === "user" && told.text.startsWith(begins)
      ? [{ question, answer: told.text.slice(begins.length) }]
      : [];
  });
}
