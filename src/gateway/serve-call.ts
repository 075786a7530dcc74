import type { IncomingMessage, ServerResponse } from "node:http";
import { estimateCall } from "./estimate.ts";
import type { SessionOptions } from "./gateway.ts";
import { requestHeaders } from "./headers.ts";
import { pickModel, reachesWeb } from "./pick-model.ts";
import { readBody } from "./read-body.ts";
import { readCall, type ReadCall } from "./read-call.ts";
import { relay } from "./relay.ts";
import type { CallRoute } from "./route.ts";
import { sendError } from "./send-error.ts";
import type { SessionBook } from "./session-book.ts";
import type { Shared } from "./shared.ts";
import type { GatewayModel, UpstreamCall } from "./upstream.ts";
import { withhold } from "./withhold/withhold.ts";

/** One request of a client, and what it is answered with. */
export type Exchange = { request: IncomingMessage; response: ServerResponse; signal: AbortSignal };

export type Session = { shared: Shared; options: SessionOptions; book: SessionBook };

/** Takes a model call from its request to its end. Throws the signal's reason when the client has gone. */
export async function serveCall(session: Session, route: CallRoute, exchange: Exchange): Promise<void> {
  const { options } = session;
  const { request, response, signal } = exchange;
  const body = await readBody(request);
  const read = Buffer.isBuffer(body) ? readCall(route, body) : body;
  if ("status" in read) return sendError(response, route.family, read);
  const model = pickModel(options.models, route.api, read.model);
  if (!model) {
    return sendError(response, route.family, { status: 404, message: noModel(options.models, route) });
  }
  if (!options.web && reachesWeb(options.models, model)) {
    const message = `"${model.name}" looks things up in the web by itself; name it in agentx.yaml, or let this agent use the web with "web: true"`;
    return sendError(response, route.family, { status: 400, message });
  }
  const sifted = withhold(read.body, { api: route.api, web: options.web, mustAskUsage: read.mustAskUsage });
  if ("status" in sifted) return sendError(response, route.family, sifted);
  tellWithheld(session, sifted.withheld);
  await orGone(options.ready(), signal);
  const call: UpstreamCall = {
    label: options.label,
    paths: options.paths,
    model,
    url: model.baseUrl + route.path,
    headers: requestHeaders(request.headers, { model, web: options.web }),
    body: sifted.body,
    signal,
  };
  if (!route.metered) return relay(session, { route, call, exchange });
  return serveMetered(session, { route, call, exchange, read: { ...read, body: sifted.body } });
}

async function serveMetered(
  session: Session,
  { read, ...work }: { route: CallRoute; call: UpstreamCall; exchange: Exchange; read: ReadCall },
): Promise<void> {
  const { shared, options, book } = session;
  const { response, signal } = work.exchange;
  const estimate = await estimateCall(shared.priceOf, work.call.model.id, read);
  const admitted =
    book.refusal ??
    (await shared.admission.admit({ account: book.account, estimate, signal, tell: options.onProgress }));
  if ("kind" in admitted) {
    book.refusal = admitted;
    const message = `${admitted.reason}; ${admitted.hint}`;
    return sendError(response, work.route.family, { status: 400, message });
  }
  try {
    await relay(session, work);
  } finally {
    admitted.settle();
  }
}

/** A worker that makes up ever new names is not told of for ever. */
const mostTold = 20;

function tellWithheld({ options, book }: Session, names: readonly string[]): void {
  const fresh = names.filter((name) => !book.withheld.has(name)).slice(0, mostTold - book.withheld.size);
  if (fresh.length === 0) return;
  for (const name of fresh) book.withheld.add(name);
  options.onWithheld(fresh);
}

async function orGone(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const gone = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  await Promise.race([waiting, gone]);
}

function noModel(models: readonly GatewayModel[], { api }: CallRoute): string {
  const allowed = models.map((model) => `${model.id} (${model.api})`).join(", ");
  return `no model of this job is spoken to in the protocol "${api}"; allowed: ${allowed === "" ? "none" : allowed}`;
}
