import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "../../src/core/usage.ts";
import { callsOf } from "../../src/models/script-turn.ts";
import type { ModelErrorKind } from "../../src/models/model.ts";
import type { Route } from "./route.ts";
import type { ModelServerOptions } from "./server.ts";
import type { Answer, Fault, Memory, NormalisedRequest, ServerTurn } from "./types.ts";

type Call = ModelServerOptions &
  Pick<Answer, "json" | "memory" | "newId"> & {
    route: Route;
    request: NormalisedRequest;
    response: ServerResponse;
  };

/** Answers one model call: refusals first, then whatever the reply says, faults included. */
export async function answerCall(call: Call): Promise<void> {
  const { route, json, request, memory } = call;
  const refusal = refusalOf(call) ?? badRequest(route.wire.violation(json, request.model, memory));
  if (refusal) return sendError(call, refusal);
  const turn = await call.reply(request);
  const fault = turn.fault ?? faultOf(turn);
  if (fault?.type === "status") return sendError(call, fault);
  if (fault?.type === "reset") {
    call.response.socket?.resetAndDestroy();
    return;
  }
  const newId = idsOf(call, turn);
  const answer: Answer = {
    ...call,
    newId,
    memory: memoryFor(call, turn),
    turn,
    usage: turn.usage ?? estimate(request, turn),
  };
  if (request.stream) return sendStream(call, answer, fault);
  await pause(call, turn);
  sendJson(call, 200, route.wire.whole(answer));
}

/** Ids of what is no tool call stay their own. */
function idsOf({ newId }: Call, { callId }: ServerTurn): Answer["newId"] {
  return (prefix) => (callId !== undefined && /^(toolu|call|fc)$/.test(prefix) ? callId : newId(prefix));
}

/** A call that would be refused in its own form may come back in another, and then without the thoughts before it. */
function memoryFor({ memory }: Call, turn: ServerTurn): Memory {
  const isFit =
    turn.callId === undefined &&
    turn.rawArguments === undefined &&
    callsOf(turn).every(({ name }) => /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/.test(name));
  return isFit ? memory : { ...memory, calls: new Map() };
}

type StatusFault = Extract<Fault, { type: "status" }>;

function refusalOf({ key, models, request }: Call): StatusFault | null {
  const { headers, model } = request;
  const given = headers["x-api-key"] ?? headers["x-goog-api-key"] ?? headers.authorization;
  if (key !== undefined && given !== key && given !== `Bearer ${key}`) {
    return { type: "status", status: 401, message: "invalid x-api-key" };
  }
  if (models === undefined || models.includes(model)) return null;
  return { type: "status", status: 404, message: `model: ${model}`, code: "model_not_found" };
}

function badRequest(message: string | null): StatusFault | null {
  return message === null ? null : { type: "status", status: 400, message };
}

const faults: Record<ModelErrorKind, Fault> = {
  auth: { type: "status", status: 401 },
  "not-found": { type: "status", status: 404 },
  quota: { type: "status", status: 429, code: "insufficient_quota" },
  "rate-limit": { type: "status", status: 429, retryAfter: 1 },
  overloaded: { type: "status", status: 529 },
  network: { type: "reset" },
  truncated: { type: "early-end" },
  "context-length": { type: "status", status: 400, code: "context_length_exceeded" },
  "bad-request": { type: "status", status: 400 },
};

/** A scripted failure in the form in which a provider would send it. */
function faultOf({ fail }: ServerTurn): Fault | null {
  if (!fail) return null;
  const fault = faults[fail.kind];
  return fault.type === "status" ? { ...fault, message: fail.message } : fault;
}

function sendError(call: Call, { status, retryAfter, code, message = "told to fail" }: StatusFault): void {
  if (retryAfter !== undefined) call.response.setHeader("retry-after", String(retryAfter));
  sendJson(call, status, call.route.wire.error({ status, message, code: code ?? null }));
}

function sendJson({ response }: Call, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function sendStream(call: Call, answer: Answer, fault: Fault | null): Promise<void> {
  const { response, route } = call;
  if (fault?.type === "hang" && fault.afterBytes === 0) return;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  const { events, closing } = route.wire.stream(answer);
  if (fault?.type === "hang" || fault?.type === "cut") {
    await write(response, events.join("").slice(0, fault.afterBytes));
    if (fault.type === "cut") response.destroy();
    return;
  }
  const isCutShort = fault?.type === "early-end" || fault?.type === "stream-error";
  for (const [index, event] of (isCutShort ? events.slice(0, -closing) : events).entries()) {
    if (index > 0) await pause(call, answer.turn, events.length - 1);
    if (response.destroyed) return;
    await write(response, event);
  }
  response.end(fault?.type === "stream-error" ? route.wire.streamError(fault.message) : undefined);
}

/** Resolves when the bytes have left, or the client has. */
async function write(response: ServerResponse, text: string): Promise<void> {
  await new Promise<void>((resolve) => response.write(text, () => resolve()));
}

async function pause({ pauseScale = 1 }: Call, turn: ServerTurn, parts = 1): Promise<void> {
  const ms = ((turn.pauseMs ?? 0) * pauseScale) / parts;
  if (ms > 0) await sleep(ms);
}

/** Four bytes a token. */
function estimate(request: NormalisedRequest, turn: ServerTurn): Usage {
  const output = JSON.stringify([turn.say, turn.call, turn.calls]);
  return {
    inputTokens: Math.ceil(request.bytes / 4),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: Math.ceil(Buffer.byteLength(output) / 4),
  };
}
