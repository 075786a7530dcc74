import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline, Transform } from "node:stream";
import { requireProxy } from "./require-proxy.ts";
import type { Upstream, UpstreamAnswer, UpstreamCall } from "./upstream.ts";

export type UpstreamOptions = {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up, in capitals or not. */
  proxyEnv: Readonly<Record<string, string | undefined>>;
  /** No byte for this long ends a call; two minutes unless said otherwise. */
  idleMs?: number;
};

type Agents = { http: HttpAgent; https: HttpsAgent };

const defaultIdleMs = 120_000;

/**
 * The real network. Bodies come as they are, uncompressed.
 * @throws AgentxError GATEWAY_PROXY for a proxy that is none
 */
export function createUpstream({ proxyEnv, idleMs = defaultIdleMs }: UpstreamOptions): Upstream {
  requireProxy(proxyEnv);
  const direct = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const proxied = {
    http: new HttpAgent({ keepAlive: true, proxyEnv: { ...proxyEnv } }),
    https: new HttpsAgent({ keepAlive: true, proxyEnv: { ...proxyEnv } }),
  };
  return async (call) => {
    call.signal.throwIfAborted();
    const url = new URL(call.url);
    // A proxy has another loopback than we have.
    const agents = /^(localhost|127\..+|\[::1\])$/.test(url.hostname) ? direct : proxied;
    try {
      return await send(call, { url, agents, idleMs });
    } catch (error) {
      // The server closed an idle connection just when it was used again: it has not read the call.
      if (!(error instanceof StaleConnection)) throw error;
      return send(call, { url, agents, idleMs });
    }
  };
}

class StaleConnection extends Error {}

async function send(
  { headers, body, signal }: UpstreamCall,
  { url, agents, idleMs }: { url: URL; agents: Agents; idleMs: number },
): Promise<UpstreamAnswer> {
  const options = {
    method: "POST",
    signal,
    headers: { ...headers, "accept-encoding": "identity", "content-length": String(body.length) },
  };
  const request =
    url.protocol === "https:"
      ? requestHttps(url, { ...options, agent: agents.https })
      : requestHttp(url, { ...options, agent: agents.http });
  const idle = setTimeout(() => request.destroy(silence(url, idleMs)), idleMs);
  try {
    const response = await answered(request, body);
    const answer = watched(response, () => silence(url, idleMs), idleMs);
    return { status: response.statusCode ?? 0, headers: flat(response), body: answer };
  } finally {
    clearTimeout(idle);
  }
}

async function answered(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", (error) => {
      const isReset = "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(request.reusedSocket && isReset ? new StaleConnection(error.message) : error);
    });
    request.end(body);
  });
}

/** Each byte puts the end off; a reader that is slow is not the server's silence. */
function watched(response: IncomingMessage, silent: () => Error, idleMs: number): Transform {
  const body: Transform = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      idle.refresh();
      done(null, chunk);
    },
  });
  const idle = setTimeout(() => {
    if (body.readableLength > 0) idle.refresh();
    else body.destroy(silent());
  }, idleMs);
  pipeline(response, body, () => {
    // The reader of the body gets the error.
    clearTimeout(idle);
  });
  return body;
}

function silence(url: URL, idleMs: number): Error {
  return new Error(`nothing came from ${url.host} for ${Math.round(idleMs / 1000)} s`);
}

const connectionHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"]);

function flat({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || connectionHeaders.has(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
