import { AgentxError } from "../core/error.ts";
import type { Usage } from "../core/usage.ts";
import type { Model, ModelReply, ModelRequest } from "./model.ts";
import { ModelError } from "./model.ts";
import type { Script, ScriptTurn } from "./script.ts";
import { fillAnswer } from "./script-answer.ts";
import { callsOf, findTurn, pieces } from "./script-turn.ts";
import { sleep } from "./sleep.ts";

export type ScriptedOptions = {
  /** `scripted/<path>`: how the model is called in errors. */
  id: string;
  loadScript: () => Promise<Script>;
  /** Factor on every pauseMs of the script: 0 does not wait at all. */
  pauseScale: number;
};

/** A model that reads its part from a file: for the demo and for tests of everything around a model. */
export function scriptedModel({ id, loadScript, pauseScale }: ScriptedOptions): Model {
  let script: Promise<Script> | undefined;
  return {
    id,
    call: async (request) => {
      request.signal.throwIfAborted();
      script ??= loadScript();
      const turn = dueTurn(id, await script.catch((cause: unknown) => refuse(id, cause)), request);
      await speak(turn, request, pauseScale);
      if (turn.fail) throw new ModelError(turn.fail.kind, id, { message: turn.fail.message });
      return replyOf(id, turn, request);
    },
  };
}

function refuse(id: string, cause: unknown): never {
  if (!(cause instanceof AgentxError)) throw cause;
  const kind = cause.code === "SCRIPT_NOT_FOUND" ? "not-found" : "bad-request";
  throw new ModelError(kind, id, { message: cause.message, cause });
}

function dueTurn(id: string, script: Script, request: ModelRequest): ScriptTurn {
  const userTexts = request.messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
  const found = findTurn(script, { userTexts, turn: turnIndex(request) });
  if (found.type === "turn") return fillAnswer(found.turn, request.messages);
  throw new ModelError("bad-request", id, { message: found.reason });
}

function turnIndex(request: ModelRequest): number {
  return request.messages.filter((message) => message.role === "assistant").length;
}

async function speak(turn: ScriptTurn, request: ModelRequest, pauseScale: number): Promise<void> {
  const parts = pieces(turn.say ?? "");
  const pauseMs = ((turn.pauseMs ?? 0) * pauseScale) / parts.length;
  for (const part of parts) {
    if (pauseMs > 0) await sleep(pauseMs, request.signal);
    request.onProgress(part);
  }
  request.signal.throwIfAborted();
}

function replyOf(id: string, turn: ScriptTurn, request: ModelRequest): ModelReply {
  const index = turnIndex(request);
  const toolCalls = callsOf(turn).map((call, n) => ({ id: `call_${index + 1}_${n + 1}`, ...call }));
  return {
    message: { role: "assistant", text: turn.say ?? "", toolCalls, native: { model: id, value: null } },
    stop: turn.stop ?? (toolCalls.length > 0 ? "tools" : "end"),
    usage: usageOf(turn, request),
    usd: 0,
  };
}

/** Four bytes a token: near enough for the meters to have something to show. */
function usageOf(turn: ScriptTurn, { system, tools, messages }: ModelRequest): Usage {
  const tokens = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 4);
  return {
    inputTokens: tokens([system, tools, messages]),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: tokens([turn.say ?? "", callsOf(turn)]),
  };
}
