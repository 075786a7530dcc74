import type { ServerResponse } from "node:http";
import { addCall, noUsage, type Usage } from "../core/usage.ts";
import type { Failure } from "./failure.ts";
import { openMeter } from "./meter/meter.ts";
import { passOn } from "./pass-on.ts";
import type { CallRoute } from "./route.ts";
import { sendError } from "./send-error.ts";
import type { Exchange, Session } from "./serve-call.ts";
import { tryCall } from "./try-call.ts";
import type { UpstreamAnswer, UpstreamCall } from "./upstream.ts";

type Work = { route: CallRoute; call: UpstreamCall; exchange: Exchange };

const patienceMs = 300_000;

/** Passes a call on and its answer back, and keeps the book. Throws the signal's reason when the client has gone. */
export async function relay(session: Session, { route, call, exchange }: Work): Promise<void> {
  const { shared, options, book } = session;
  if (route.metered) book.calls += 1;
  const began = shared.now();
  const tried = await tryCall(call, {
    upstream: shared.upstream,
    pause: shared.pauseOf(call.model.provider),
    deadline: began + patienceMs,
    signal: call.signal,
    tell: options.onProgress,
  });
  if (tried.type === "failed") {
    const { status, message, retryAfterMs } = tried.failure;
    if (route.metered) book.lastFailure = { model: call.model.id, status, message, retryAfterMs };
    return sendFailure(exchange.response, route, tried.failure);
  }
  await passAnswer(session, { route, call, exchange }, { answer: tried.answer, began });
}

async function passAnswer(
  session: Session,
  { route, call, exchange }: Work,
  { answer, began }: { answer: UpstreamAnswer; began: number },
): Promise<void> {
  const { response, signal } = exchange;
  const meter = openMeter(route.api, answer.headers["content-type"] ?? "");
  let broken: string | null = null;
  let message: string | null = null;
  try {
    broken = await passOn(answer, {
      response,
      model: call.model,
      signal,
      onChunk: (chunk) => {
        meter.take(chunk);
        session.options.onProgress("");
      },
    });
  } finally {
    // Also what the client did not wait for is paid for.
    const { usage, error, isWhole } = meter.end();
    if (route.metered) await keepBook(session, { call, usage, ms: session.shared.now() - began });
    broken ??=
      isWhole || !route.metered ? null : `${call.model.provider} ended the answer before it was complete`;
    message = broken ?? error;
  }
  if (route.metered)
    session.book.lastFailure =
      message === null ? null : { model: call.model.id, status: null, message, retryAfterMs: null };
  // A client must not take an answer that broke off for a whole one.
  if (broken === null) response.end();
  else response.destroy();
}

async function keepBook(
  { shared, options, book: { account } }: Session,
  { call, usage: told, ms }: { call: UpstreamCall; usage: Usage | null; ms: number },
): Promise<void> {
  const usage = told ?? noUsage;
  const model = call.model.id;
  const usd = told === null ? null : await shared.priceOf(model, usage);
  account.turns += 1;
  account.spend = addCall(account.spend, usage, usd);
  options.onCall({ model, usage, usd, ms });
}

function sendFailure(
  response: ServerResponse,
  { family }: CallRoute,
  { status, headers, body, message }: Failure,
): void {
  if (status === null) return sendError(response, family, { status: 502, message });
  response.writeHead(status, headers).end(body);
}
