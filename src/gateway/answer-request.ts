import type { ServerResponse } from "node:http";
import { passedOn, readRoute, type Family } from "./route.ts";
import { sendError } from "./send-error.ts";
import { serveCall, type Exchange, type Session } from "./serve-call.ts";

/** @param target the request's path and query, without the token of a loopback session */
export async function answerRequest(session: Session, target: string, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const { method = "GET" } = request;
  const route = readRoute(method, target);
  switch (route.type) {
    case "call":
      return serveCall(session, route, exchange);
    case "alive":
      response.writeHead(200, { "content-type": "application/json" }).end(method === "HEAD" ? "" : "{}");
      return;
    case "models":
      return sendModels(response, session);
    case "other":
      if (!session.options.handle(request, response)) sendUnknown(response, "openai", { method, target });
      return;
    case "unknown":
      return sendUnknown(response, route.family, { method, target });
    case "refused":
      return sendError(response, "openai", { status: 400, message: "this path is not plain" });
  }
}

function sendModels(response: ServerResponse, { options }: Session): void {
  const data = options.models
    .filter(({ api }) => api === "openai" || api === "openai-chat")
    .map(({ name, provider }) => ({ id: name, object: "model", created: 0, owned_by: provider }));
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ object: "list", data }));
}

function sendUnknown(
  response: ServerResponse,
  family: Family,
  { method, target }: { method: string; target: string },
): void {
  // Not the query: a key may stand in it.
  const asked = `${method} ${target.replace(/\?.*/s, "").slice(0, 200)}`;
  const message = `"${asked}" is not passed on by agentx's gateway to the models. It passes on POST ${passedOn}`;
  sendError(response, family, { status: 404, message });
}
