import type { Message, ToolCall } from "../../models/model.ts";

export const repeatsToWarn = 4;
export const repeatsToFail = 8;

/** How many times in a row the last tool call was made with the very same arguments; 0 where there is none. */
export function countRepeats(messages: readonly Message[]): number {
  const calls = messages.flatMap((message) => (message.role === "assistant" ? message.toolCalls : []));
  const last = calls.at(-1);
  if (last === undefined) return 0;
  const key = keyOf(last);
  const other = calls.findLastIndex((call) => keyOf(call) !== key);
  return calls.length - 1 - other;
}

function keyOf({ name, input, invalid }: ToolCall): string {
  return JSON.stringify([name, input, invalid ?? null]);
}

export const repeatWarning =
  "You have made the same call with the same arguments several times in a row; it will not give anything new. Try another way, ask the person, or hand over what holds.";
