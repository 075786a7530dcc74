import { callsOf, pieces } from "../../src/models/script-turn.ts";
import { asList, asObject, asText, parseArguments, sse, textOf, type Json } from "./json.ts";
import type { Answer, Memory, NormalisedMessage, Wire } from "./types.ts";

/** What a client may send for a call that another model made. Source: ai.google.dev/gemini-api/docs/thought-signatures. */
const foreignSignatures = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/** POST /v1beta/models/M:streamGenerateContent. Source: ai.google.dev/api/generate-content. */
export const googleWire: Wire = {
  read: (json, path) => ({
    model: /models\/([^/:]+):/.exec(path)?.[1] ?? "",
    system: textOf(asObject(json["systemInstruction"])["parts"]),
    messages: asList(json["contents"]).map(readContent),
    toolNames: asList(json["tools"])
      .flatMap((tool) => asList(tool["functionDeclarations"]))
      .map((tool) => asText(tool["name"])),
    stream: path.includes(":stream"),
  }),
  violation: (json, model, memory) => checkContents(asList(json["contents"]), model, memory),
  stream: (answer) => {
    const { usageMetadata, candidates, ...rest } = wholeAnswer(answer);
    const [candidate = {}] = asList(candidates);
    const { finishReason } = candidate;
    const chunk = (parts: Json[], more: Json = {}): string =>
      sse({ ...rest, candidates: [{ index: 0, content: { role: "model", parts }, ...more }] });
    const parts = asList(asObject(candidate["content"])["parts"]).flatMap(splitPart);
    const last = {
      ...rest,
      usageMetadata,
      candidates: [{ index: 0, content: { role: "model", parts: [{ text: "" }] }, finishReason }],
    };
    return { events: [...parts.map((part) => chunk([part])), sse(last)], closing: 1 };
  },
  whole: wholeAnswer,
  error: ({ status, message, code }) => ({
    error: { code: status, message, status: code ?? statuses[status] ?? "INTERNAL" },
  }),
  streamError: (message) => sse({ error: { code: 503, message, status: "UNAVAILABLE" } }),
};

const statuses: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

function readContent(content: Json): NormalisedMessage {
  const parts = asList(content["parts"]);
  const toolCalls = parts
    .filter((part) => part["functionCall"])
    .map((part) => asObject(part["functionCall"]))
    .map(({ id, name, args }) => ({ id: asText(id), name: asText(name), input: args }));
  const toolResults = parts
    .filter((part) => part["functionResponse"])
    .map((part) => asObject(part["functionResponse"]))
    .map(({ id, name, response }) => ({
      id: asText(id) || asText(name),
      text: resultText(asObject(response)),
    }));
  const role = content["role"] === "model" ? "assistant" : toolResults.length > 0 ? "tool" : "user";
  return { role, text: textOf(parts.filter((part) => part["thought"] !== true)), toolCalls, toolResults };
}

function resultText(response: Json): string {
  const { output, error } = response;
  return asText(output) || asText(error) || JSON.stringify(response);
}

function checkContents(contents: Json[], model: string, memory: Memory): string | null {
  for (const [index, content] of contents.entries()) {
    const parts = asList(content["parts"]);
    if (parts.length === 0) return `contents[${index}].parts must not be empty.`;
    const calls = parts.filter((part) => part["functionCall"]);
    if (calls.length === 0) continue;
    const next = asList(contents[index + 1]?.["parts"]).filter((part) => part["functionResponse"]);
    if (next.length !== calls.length) {
      return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
    }
    for (const [n, call] of calls.entries()) {
      const { id } = asObject(call["functionCall"]);
      const { args, name } = asObject(call["functionCall"]);
      if (args !== undefined && (args === null || typeof args !== "object" || Array.isArray(args)))
        return `Invalid value at 'contents[${index}].parts[${n}].function_call.args' (type.googleapis.com/google.protobuf.Struct)`;
      if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(asText(name)))
        return `Invalid function name ${asText(name)} in contents[${index}].`;
      if (asObject(next[n]?.["functionResponse"])["id"] !== id)
        return `No function response has the id ${asText(id)}.`;
    }
    const problem = checkSignature(calls[0] ?? {}, model, memory);
    if (problem !== null) return problem;
  }
  return null;
}

/** Only the first of parallel calls carries a signature. */
function checkSignature(part: Json, model: string, memory: Memory): string | null {
  const { name, args } = asObject(part["functionCall"]);
  const signature = asText(part["thoughtSignature"]);
  if (signature === "")
    return `Function call is missing a thought_signature in functionCall parts: ${asText(name)}`;
  if (foreignSignatures.includes(signature)) {
    const known = memory.calls.get(callKey(asText(name), args));
    return known?.model === model ? "The thought signature of this call was dropped." : null;
  }
  const issued = memory.proofs.get(signature);
  if (issued === undefined && memory.proofs.size === 0) return null;
  return issued === callKey(asText(name), args) ? null : "Corrupted thought signature.";
}

function callKey(name: string, args: unknown): string {
  return `${name} ${JSON.stringify(args ?? {})}`;
}

function wholeAnswer({ turn, request, usage, memory, newId }: Answer): Json {
  const calls = callsOf(turn).map(({ name, input }, index) => {
    // Nothing that is no JSON can come by this protocol: such arguments are a string.
    const args: unknown = turn.rawArguments === undefined ? input : parseArguments(turn.rawArguments);
    // Newer models number their calls.
    const id = /gemini-[3-9]/.test(request.model) ? { id: newId("fc") } : {};
    if (index > 0) return { functionCall: { ...id, name, args } };
    const thoughtSignature = newId("sig");
    memory.proofs.set(thoughtSignature, callKey(name, args));
    memory.calls.set(callKey(name, args), { model: request.model, proof: thoughtSignature });
    return { functionCall: { ...id, name, args }, thoughtSignature };
  });
  const parts = [...(turn.say ? [{ text: "Thinking.", thought: true }, { text: turn.say }] : []), ...calls];
  const finishReason = turn.stop === "length" ? "MAX_TOKENS" : turn.stop === "refusal" ? "SAFETY" : "STOP";
  return {
    responseId: newId("resp"),
    modelVersion: request.model,
    candidates: [{ index: 0, content: { role: "model", parts }, finishReason }],
    ...(usage === "none" ? {} : { usageMetadata: usageOf(usage) }),
  };
}

/** A part of the output is told as thoughts, which Google counts apart. */
function usageOf(usage: Exclude<Answer["usage"], "none">): Json {
  const thoughts = Math.floor(usage.outputTokens / 2);
  const prompt = usage.inputTokens + usage.cacheReadTokens;
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cacheReadTokens,
    candidatesTokenCount: usage.outputTokens - thoughts,
    thoughtsTokenCount: thoughts,
    totalTokenCount: prompt + usage.outputTokens,
  };
}

function splitPart(part: Json): Json[] {
  if (typeof part["text"] !== "string" || part["thought"] === true) return [part];
  return pieces(part["text"]).map((text) => ({ ...part, text }));
}
