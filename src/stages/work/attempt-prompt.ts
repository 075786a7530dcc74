import type { Message } from "../../models/model.ts";

/**
 * The prompt of an attempt: with the whole context when it opens the conversation, else only what is new. A resumed
 * attempt gets the very text it was begun with, by which the agent knows that it has it already.
 */
export function attemptPrompt({
  context,
  news,
  messages,
}: {
  context: string;
  news: string;
  messages: readonly Message[];
}): string {
  const opening = news === "" ? context : `${context}\n\n${news}`;
  const [first] = messages;
  const opens = first === undefined || (first.role === "user" && first.text === opening);
  return opens || news === "" ? opening : news;
}
