import { callsOf, pieces } from "../../src/models/script-turn.ts";
import { asList, asObject, asText, parseArguments, sse, textOf, type Json } from "./json.ts";
import { openAiError } from "./openai-error.ts";
import { callItem, isCall, isOutput, toolNamesOf } from "./openai-responses-call.ts";
import type { Answer, Memory, NormalisedMessage, Wire } from "./types.ts";

/** POST /v1/responses, stateless. Source: platform.openai.com/docs/api-reference/responses. */
export const responsesWire: Wire = {
  read: (json) => ({
    model: asText(json["model"]),
    system: asText(json["instructions"]),
    messages: readInput(inputOf(json)),
    toolNames: toolNamesOf(json),
    stream: json["stream"] === true,
  }),
  violation: (json, model, memory) => checkInput(inputOf(json), model, memory),
  stream: (answer) => {
    const response = wholeResponse(answer);
    const started = { ...response, status: "in_progress", output: [], usage: null };
    const ending = response["status"] === "incomplete" ? "response.incomplete" : "response.completed";
    const events: Json[] = [
      { type: "response.created", response: started },
      { type: "response.in_progress", response: started },
      ...asList(response["output"]).flatMap((item, index) => itemEvents(item, index, answer)),
      { type: ending, response },
    ];
    return {
      events: events.map((event, n) => sse({ ...event, sequence_number: n }, asText(event["type"]))),
      closing: 1,
    };
  },
  whole: wholeResponse,
  error: openAiError,
  streamError: (message) => {
    const response = { id: "resp_failed", object: "response", status: "failed", output: [] };
    const error = { code: "server_error", message };
    return sse(
      { type: "response.failed", sequence_number: 99, response: { ...response, error } },
      "response.failed",
    );
  },
};

function inputOf(json: Json): Json[] {
  const { input } = json;
  return typeof input === "string" ? [{ type: "message", role: "user", content: input }] : asList(input);
}

/** Items of one answer, which stand side by side, become one assistant message. */
function readInput(items: Json[]): NormalisedMessage[] {
  const messages: NormalisedMessage[] = [];
  const last = (role: NormalisedMessage["role"]): NormalisedMessage => {
    const open = messages.at(-1);
    if (open?.role === role && role !== "user") return open;
    const fresh: NormalisedMessage = { role, text: "", toolCalls: [], toolResults: [] };
    messages.push(fresh);
    return fresh;
  };
  for (const item of items) {
    const id = asText(item["call_id"]);
    const type = asText(item["type"]) || "message";
    if (isOutput(item)) {
      last("tool").toolResults.push({ id, text: textOf(item["output"] ?? JSON.stringify(item["tools"])) });
    } else if (isCall(item)) {
      const input = type === "function_call" ? parseArguments(asText(item["arguments"])) : item["input"];
      last("assistant").toolCalls.push({ id, name: asText(item["name"]), input });
    } else if (type === "message" && (item["role"] === "user" || item["role"] === "assistant")) {
      last(item["role"]).text += textOf(item["content"]);
    }
  }
  return messages;
}

function checkInput(items: Json[], model: string, memory: Memory): string | null {
  const called = items.filter(isCall).map((item) => item["call_id"]);
  const calls = new Set(called);
  if (calls.size < called.length) return "Duplicate item found. Remove duplicate items from your input.";
  const odd = items.findIndex((item) => isCall(item) && !isName(item["name"]));
  if (odd >= 0) return `Invalid 'input[${odd}].name': string does not match pattern '^[a-zA-Z0-9_-]+$'.`;
  const outputs = items.filter(isOutput);
  const stray = outputs.find((item) => !calls.has(item["call_id"]));
  if (stray) return `No tool call found for function call output with call_id ${asText(stray["call_id"])}.`;
  const answered = new Set(outputs.map((item) => item["call_id"]));
  const open = [...calls].find((id) => !answered.has(id));
  if (open !== undefined) return `No tool output found for function call ${asText(open)}.`;
  for (const [index, item] of items.entries()) {
    if (item["type"] !== "reasoning") continue;
    const next = items[index + 1];
    if (next === undefined || next["role"] === "user") {
      return `Item '${asText(item["id"])}' of type 'reasoning' was provided without its required following item.`;
    }
    const known = memory.proofs.get(asText(item["id"]));
    if (known !== undefined && known !== asText(item["encrypted_content"])) {
      return `The encrypted content for item ${asText(item["id"])} could not be verified.`;
    }
  }
  for (const item of items.filter(isCall)) {
    const issued = memory.calls.get(asText(item["call_id"]));
    if (!issued || issued.model !== model || issued.proof === "") continue;
    if (!items.some((other) => other["id"] === issued.proof)) {
      return `Item '${asText(item["id"])}' of type 'function_call' was provided without its required 'reasoning' item: '${issued.proof}'.`;
    }
  }
  return null;
}

/** A tool search has none. */
function isName(name: unknown): boolean {
  return name === undefined || /^[a-zA-Z0-9_-]+$/.test(asText(name));
}

function wholeResponse({ turn, request, json, usage, memory, newId }: Answer): Json {
  const output: Json[] = [];
  let proof = "";
  const include: unknown = json["include"];
  if (Array.isArray(include) && include.includes("reasoning.encrypted_content")) {
    proof = newId("rs");
    const encrypted_content = newId("enc");
    memory.proofs.set(proof, encrypted_content);
    output.push({ id: proof, type: "reasoning", summary: [], encrypted_content });
  }
  const refused = turn.stop === "refusal";
  if (turn.say || refused) {
    const text = turn.say ?? "";
    const part = refused
      ? { type: "refusal", refusal: text }
      : { type: "output_text", text, annotations: [], logprobs: [] };
    output.push({
      id: newId("msg"),
      type: "message",
      status: "completed",
      role: "assistant",
      content: [part],
    });
  }
  for (const call of callsOf(turn)) {
    const call_id = newId("call");
    memory.calls.set(call_id, { model: request.model, proof });
    output.push(callItem(call, { call_id, id: newId("fc") }, { turn, json }));
  }
  const cut = turn.stop === "length";
  return {
    id: newId("resp"),
    object: "response",
    created_at: 0,
    model: request.model,
    status: cut ? "incomplete" : "completed",
    incomplete_details: cut ? { reason: "max_output_tokens" } : null,
    error: null,
    output,
    usage: usage === "none" ? null : usageOf(usage),
  };
}

function usageOf(usage: Exclude<Answer["usage"], "none">): Json {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + usage.outputTokens,
  };
}

function itemEvents(item: Json, output_index: number, { turn }: Answer): Json[] {
  const added = { type: "response.output_item.added", output_index };
  const done = { type: "response.output_item.done", output_index, item };
  const at = { output_index, item_id: item["id"], content_index: 0 };
  if (item["type"] === "message") {
    const [part = {}] = asList(item["content"]);
    const kind = part["type"] === "refusal" ? "refusal" : "output_text";
    const deltas = pieces(textOf([{ text: part["text"] ?? part["refusal"] }])).map((delta) => ({
      type: `response.${kind}.delta`,
      ...at,
      delta,
    }));
    return [{ ...added, item: { ...item, status: "in_progress", content: [] } }, ...deltas, done];
  }
  if (item["type"] !== "function_call") return [{ ...added, item }, done];
  const text = turn.rawArguments ?? asText(asObject(item)["arguments"]);
  const type = "response.function_call_arguments.delta";
  const deltas = pieces(text).map((delta) => ({ type, output_index, item_id: item["id"], delta }));
  return [{ ...added, item: { ...item, status: "in_progress", arguments: "" } }, ...deltas, done];
}
