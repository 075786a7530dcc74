import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { formatTarget, parseAuthority, parseHttpUrl } from "../../core/egress/target.ts";
import { joinSockets } from "../inside/join-sockets.ts";
import { forward, hasSameHost } from "./forward.ts";
import { findWay, openTunnel, Refused, type Reaching } from "./reach.ts";

/** Each costs the dispatcher two open files. */
const maxConnections = 256;

export type OnRefused = (target: string, reason: string) => void;

/** An HTTP proxy for one sandbox: CONNECT, and requests for `http://` addresses. It answers 403 to what it refuses. */
export function createProxy(
  reaching: Reaching,
  onRefused: OnRefused,
): { server: Server; close: () => Promise<void> } {
  const open = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    void answer({ request, response }, reaching, onRefused);
  });
  server.maxConnections = maxConnections;
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    keep(client);
    // Whoever has gone is waited for by nobody.
    client.on("error", () => client.destroy());
    void tunnel({ request, client, head, keep }, reaching, onRefused);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    // Tunnels are no connections of HTTP any more.
    server.closeAllConnections();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { server, close };
}

type Tunnel = { request: IncomingMessage; client: Duplex; head: Buffer; keep: (socket: Duplex) => void };

async function tunnel(
  { request, client, head, keep }: Tunnel,
  reaching: Reaching,
  onRefused: OnRefused,
): Promise<void> {
  const text = request.url ?? "";
  const target = isPlain(request) ? parseAuthority(text, null) : null;
  if (target === null) {
    onRefused(text, notRead);
    client.end(plainAnswer(400, notRead));
    return;
  }
  try {
    const way = await findWay(target, "https", reaching);
    const host = await openTunnel(target, way);
    keep(host);
    if (client.destroyed) return void host.destroy();
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) client.unshift(head);
    joinSockets(client, host);
  } catch (error) {
    const { status, message } = explain(error, formatTarget(target), onRefused);
    client.end(plainAnswer(status, message));
  }
}

async function answer(
  both: { request: IncomingMessage; response: ServerResponse },
  reaching: Reaching,
  onRefused: OnRefused,
): Promise<void> {
  const { request, response } = both;
  const end = (status: number, message: string): void => {
    if (response.headersSent) response.destroy();
    else
      response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(`${message}\n`);
  };
  const text = request.url ?? "";
  const to = isPlain(request) ? parseHttpUrl(text) : null;
  if (to === null) {
    onRefused(text, notRead);
    return end(400, notRead);
  }
  const name = formatTarget(to.target);
  if (!hasSameHost(request, to)) {
    const reason = "the Host header names another host than the request";
    onRefused(name, reason);
    return end(400, reason);
  }
  try {
    await forward(both, to, await findWay(to.target, "http", reaching));
  } catch (error) {
    const { status, message } = explain(error, name, onRefused);
    end(status, message);
  }
}

/** Not so: a line without a version (HTTP/0.9), and a body whose end two readers could see in two places. */
function isPlain({ httpVersionMajor, headers }: IncomingMessage): boolean {
  return httpVersionMajor === 1 && [undefined, "chunked"].includes(headers["transfer-encoding"]);
}

const notRead = "this is no request that everybody would read the same way";

function explain(error: unknown, target: string, onRefused: OnRefused): { status: number; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Refused)) return { status: 502, message: `agentx: ${target}: ${message}` };
  onRefused(target, message);
  return { status: 403, message: `agentx: ${target} is closed to this sandbox: ${message}` };
}

function plainAnswer(status: number, message: string): string {
  const text = `${message}\n`;
  const name = { 400: "Bad Request", 403: "Forbidden" }[status] ?? "Bad Gateway";
  const length = Buffer.byteLength(text);
  return `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${text}`;
}
