import type { Content, FunctionCallingConfigMode, GenerateContentParameters, Part } from "@google/genai";
import type { Endpoint } from "./endpoint.ts";
import type { AssistantMessage, Message, ModelRequest } from "./model.ts";

/**
 * Stands in for the signature of a call that another model made; a call without one is refused.
 * Source: ai.google.dev/gemini-api/docs/thought-signatures
 */
const foreignSignature = "skip_thought_signature_validator";

/** The SDK's enum is a value: importing it would load the SDK at start-up. */
const any = "ANY" as FunctionCallingConfigMode.ANY;

type Body = GenerateContentParameters & Required<Pick<GenerateContentParameters, "config">>;

/** A request in the form of Gemini's generateContent. */
export function bodyOf({ id, model }: Endpoint, request: ModelRequest): Body {
  const { system, messages, tools, mustCall, maxOutputTokens } = request;
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parametersJsonSchema: parameters,
  }));
  const forced = { functionCallingConfig: { mode: any, allowedFunctionNames: [mustCall ?? ""] } };
  const ids = nativeIds(messages, id);
  return {
    model,
    contents: messages.map((message) => toContent(message, id, ids)),
    config: {
      maxOutputTokens,
      ...(system === "" ? {} : { systemInstruction: system }),
      ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations }] }),
      ...(mustCall === null ? {} : { toolConfig: forced }),
    },
  };
}

/** The call ids that Google gave: only these may be named in a response. */
function nativeIds(messages: readonly Message[], id: string): Set<string> {
  const parts = messages.flatMap((message) =>
    message.role === "assistant" ? (nativeParts(message, id) ?? []) : [],
  );
  return new Set(parts.flatMap((part) => part.functionCall?.id ?? []));
}

function toContent(message: Message, id: string, ids: Set<string>): Content {
  switch (message.role) {
    case "user":
      return { role: "user", parts: [{ text: message.text }] };
    case "assistant":
      return { role: "model", parts: modelParts(message, id) };
    case "tool":
      return {
        role: "user",
        parts: message.results.map((result) => ({
          functionResponse: {
            ...(ids.has(result.id) ? { id: result.id } : {}),
            name: result.name,
            response: result.isError ? { error: result.text } : { output: result.text },
          },
        })),
      };
  }
}

/** What this adapter kept of the same model's answer. */
function nativeParts({ native }: AssistantMessage, id: string): Part[] | null {
  const isOwn = native?.model === id && Array.isArray(native.value) && native.value.length > 0;
  return isOwn ? (native.value as Part[]) : null;
}

function modelParts(message: AssistantMessage, id: string): Part[] {
  const { text, toolCalls } = message;
  const calls = toolCalls.map(({ name, input }) => ({
    functionCall: { name, args: input },
    thoughtSignature: foreignSignature,
  }));
  const kept = nativeParts(message, id);
  if (kept !== null) return kept.some(({ functionCall }) => functionCall) ? kept : [...kept, ...calls];
  if (text === "" && calls.length > 0) return calls;
  return [{ text: text === "" ? "(nothing)" : text }, ...calls];
}
