import { createServer, type IncomingMessage, request as requestHttp, type RequestListener } from "node:http";
import { connect, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { allowlistOf } from "../../../src/core/egress/allowlist.ts";
import type { Egress } from "../../../src/sandbox/egress/egress.ts";
import { type OpenedEgress, openEgress } from "../../../src/sandbox/egress/open-egress.ts";
import type { Resolve } from "../../../src/sandbox/egress/resolve.ts";

export function egressFor(network: true | string[], personProxy: Record<string, string> = {}): Egress {
  return { allow: allowlistOf(network), setting: "gates.test.network", personProxy };
}

/** The dispatcher's half alone, without a sandbox around its clients. */
export async function startEgress(
  egress: Egress,
  resolve?: Resolve,
): Promise<OpenedEgress & AsyncDisposable> {
  const opened = await openEgress(egress, resolve);
  return { ...opened, [Symbol.asyncDispose]: opened.close };
}

export type Counted = { port: number; hits: () => number } & AsyncDisposable;

/** A service of the machine that counts who came. */
export async function serve(listener: RequestListener): Promise<Counted> {
  return counting(createServer(listener));
}

export async function serveBytes(onConnection: (socket: Socket) => void): Promise<Counted> {
  return counting(createPlainServer({ allowHalfOpen: true }, onConnection));
}

async function counting(server: Server): Promise<Counted> {
  let hits = 0;
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    hits += 1;
    open.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const dispose = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { port, hits: () => hits, [Symbol.asyncDispose]: dispose };
}

/** Sends bytes as they are, and gives all that comes until the proxy ends the connection or `enough` is found in it. */
export async function say({ folder }: OpenedEgress, bytes: string, enough?: RegExp): Promise<string> {
  const socket = connect(join(folder, "s"));
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(bytes, "latin1");
  let said = "";
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
      if (enough?.test(said) === true) resolve();
    });
  });
  socket.destroy();
  return said;
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}

/** A proxy that refuses nothing, whoever a request is for: any host is this machine's loopback. It keeps what it was asked. */
export async function openRelay(): Promise<Counted & { asked: string[] }> {
  const asked: string[] = [];
  const note = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push(`${method} ${url} ${headers["proxy-authorization"] ?? "-"}`);
  const portOf = (url = ""): number => Number(/:(\d+)(?:\/|$)/.exec(url)?.[1] ?? 80);
  const server = createServer((request, response) => {
    note(request);
    const { method, url, headers } = request;
    const upstream = requestHttp({ host: "127.0.0.1", port: portOf(url), method, headers, agent: false });
    upstream.on("error", () => response.destroy());
    upstream.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502)));
    request.pipe(upstream);
  });
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    note(request);
    const host = connect(portOf(request.url), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      host.write(head);
      client.pipe(host).pipe(client);
    });
    host.on("error", () => client.destroy());
    client.on("error", () => host.destroy());
  });
  return { ...(await counting(server)), asked };
}
