import type { Model, ModelReply, ModelRequest, ToolCall } from "../../../src/models/model.ts";

/** What one request held, as it was at that moment. */
type SeenRequest = Pick<ModelRequest, "system" | "messages" | "tools" | "mustCall">;
type Line = ModelReply | Error | ((request: ModelRequest) => Promise<ModelReply>);

/** A model that says its lines one after the other and keeps every request. */
export type ListModel = Model & { requests: SeenRequest[] };

export function listModel(lines: readonly Line[], id = "list/a"): ListModel {
  const requests: SeenRequest[] = [];
  const left = [...lines];
  return {
    id,
    requests,
    call: async (request) => {
      const { system, messages, tools, mustCall } = request;
      requests.push(structuredClone({ system, messages, tools, mustCall }));
      request.onProgress("");
      const line = left.shift();
      if (line === undefined) throw new Error("the list model has no line left");
      if (line instanceof Error) throw line;
      return typeof line === "function" ? line(request) : line;
    },
  };
}

const usage = { inputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 10 };
let made = 0;

export function call(name: string, input: Record<string, unknown>, more: Partial<ToolCall> = {}): ToolCall {
  made += 1;
  return { id: `call_${made}`, name, input, ...more };
}

export function reply(toolCalls: ToolCall[], more: Partial<ModelReply> & { text?: string } = {}): ModelReply {
  const { text = "", ...rest } = more;
  return {
    message: { role: "assistant", text, toolCalls, native: null },
    stop: toolCalls.length > 0 ? "tools" : "end",
    usage,
    usd: 0.01,
    ...rest,
  };
}

export function says(text: string): ModelReply {
  return reply([], { text });
}

export function finishes(note = "done"): ModelReply {
  return reply([call("finish", { note })]);
}
