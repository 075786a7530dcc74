import type { AssistantMessage, Message, ToolCall } from "../../models/model.ts";
import { withoutCalls } from "../../models/without-calls.ts";

/** A call's arguments past this are not kept: they would be sent again with every later request. */
const maxInputBytes = 256 * 1024;

/**
 * A reply as it may be kept and sent back: ids are there and unique in the conversation, arguments have a bounded size,
 * and something was said. Where calls had to be changed, the provider's own form of them goes, which would bring the
 * trouble back; its thoughts stay.
 */
export function tidyReply(message: AssistantMessage, earlier: readonly Message[]): AssistantMessage {
  const ids = earlier.flatMap((one) => (one.role === "assistant" ? one.toolCalls.map(({ id }) => id) : []));
  const calls = withOwnIds(withoutCopies(message.toolCalls), new Set(ids)).map(bounded).map(named);
  const isEmpty = message.text === "" && calls.length === 0 && message.native === null;
  const kept =
    calls.length === message.toolCalls.length &&
    calls.every((call, index) => call === message.toolCalls[index]);
  if (kept && !isEmpty) return message;
  return {
    role: "assistant",
    text: isEmpty ? "(nothing was said)" : message.text,
    toolCalls: calls,
    native: kept ? message.native : withoutCalls(message.native),
  };
}

/** The very same call twice under one id is a stammer of the stream: one of them is meant. */
function withoutCopies(calls: ToolCall[]): ToolCall[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const key = JSON.stringify([call.id, call.name, call.input, call.invalid ?? null]);
    return !seen.has(key) && seen.add(key);
  });
}

function withOwnIds(calls: ToolCall[], taken: Set<string>): ToolCall[] {
  return calls.map((call, index) => {
    const isFree = call.id !== "" && !taken.has(call.id);
    const kept = isFree ? call : { ...call, id: freeId(call.id, { from: index + 1, taken }) };
    taken.add(kept.id);
    return kept;
  });
}

function freeId(id: string, { from, taken }: { from: number; taken: ReadonlySet<string> }): string {
  const stem = id === "" ? "call" : id;
  let number = from;
  while (taken.has(`${stem}_x${number}`)) number += 1;
  return `${stem}_x${number}`;
}

/** A name that no vendor takes back would have every later request refused. */
function named(call: ToolCall): ToolCall {
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(call.name)) return call;
  const name = call.name.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 40);
  return { ...call, name: `unknown_${name}` };
}

function bounded(call: ToolCall): ToolCall {
  const bytes = Buffer.byteLength(call.invalid ?? JSON.stringify(call.input));
  if (bytes <= maxInputBytes) return call;
  return {
    ...call,
    input: {},
    invalid: `(${bytes} bytes, not kept: the most that is taken is ${maxInputBytes})`,
  };
}
