import type { AssistantMessage } from "./model.ts";

/**
 * What a vendor wants back of an answer whose calls can not go back as they came: its thoughts and words. An adapter
 * adds the calls in its own form where it finds none.
 */
export function withoutCalls(native: AssistantMessage["native"]): AssistantMessage["native"] {
  if (native === null || !Array.isArray(native.value)) return null;
  const value = native.value.filter((part: unknown) => !isCall(part));
  return value.length === 0 ? null : { ...native, value };
}

/** A call in the form of Anthropic, of OpenAI's Responses or of Google. */
function isCall(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("functionCall" in part) return true;
  return "type" in part && (part.type === "tool_use" || part.type === "function_call");
}
