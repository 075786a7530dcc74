import type { Message } from "../../models/model.ts";

/** Turns since the prompt was given: what the turn limit counts, also after a restart. */
export function turnsSince(messages: readonly Message[], prompt: string): number {
  return messagesSince(messages, prompt).filter((message) => message.role === "assistant").length;
}

/** What came after the prompt was given last: this attempt's part of the conversation. */
export function messagesSince(messages: readonly Message[], prompt: string): Message[] {
  const start = messages.findLastIndex((message) => isPrompt(message, prompt) !== null);
  return messages.slice(start + 1);
}

/** As the user's words, or as the answer to a question of the model's. */
export function isPrompt(message: Message, prompt: string): "user" | "answer" | null {
  if (message.role === "user") return message.text === prompt ? "user" : null;
  if (message.role === "assistant") return null;
  return message.results.some(({ name, text }) => name === "ask" && text === prompt) ? "answer" : null;
}
