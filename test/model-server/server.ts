import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { answerCall } from "./answer-call.ts";
import { asObject, parseArguments } from "./json.ts";
import { routeOf, type Route } from "./route.ts";
import type { LoggedRequest, Memory, Reply } from "./types.ts";

export type ModelServerOptions = {
  reply: Reply;
  /** 0 lets the system choose. */
  port?: number;
  /** Any other key is refused with 401; without it every key will do. */
  key?: string;
  /** Any other model is answered with 404; without it every model exists. */
  models?: readonly string[];
  /** Factor on the turns' pauseMs. */
  pauseScale?: number;
  /** Requests that are not for a model; true when it took the request. */
  handle?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

export type ModelServer = {
  /** `http://127.0.0.1:<port>`; the base URL for Anthropic and Google. OpenAI's is this with `/v1`. */
  url: string;
  requests: LoggedRequest[];
  /** The model calls among them. */
  calls: () => NonNullable<LoggedRequest["call"]>[];
  close: () => Promise<void>;
};

/**
 * A real HTTP server on loopback that speaks the protocols of Anthropic, OpenAI (Responses and Chat Completions)
 * and Google, streaming, and refuses what they would refuse. What it says is up to `reply`.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: LoggedRequest[] = [];
  const memory: Memory = { calls: new Map(), proofs: new Map() };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  // A refused upgrade makes clients that prefer a WebSocket fall back to POST.
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const logged: LoggedRequest = { method, path: url, headers, body: "", status: 0, call: null };
    requests.push(logged);
    if (options.handle?.(request, response)) return;
    logged.body = await readText(request);
    response.on("close", () => {
      logged.status = response.headersSent ? response.statusCode : 0;
    });
    const route = method === "POST" ? routeOf(url) : null;
    if (!route) {
      response.writeHead(method === "HEAD" || url === "/" ? 200 : 404).end();
      return;
    }
    const json = asObject(parseArguments(logged.body));
    logged.call = readCall(route, json, logged);
    await answerCall({ ...options, route, json, request: logged.call, memory, newId, response });
  }

  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    calls: () => requests.flatMap(({ call }) => call ?? []),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function readCall(
  { wire, provider, path }: Route,
  json: Record<string, unknown>,
  { headers, body }: LoggedRequest,
): NonNullable<LoggedRequest["call"]> {
  return { ...wire.read(json, path), provider, path, headers, body, bytes: Buffer.byteLength(body) };
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
}
