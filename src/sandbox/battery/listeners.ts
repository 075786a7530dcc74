import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { createServer as createWebServer } from "node:http";
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import type { Targets } from "./probe.ts";

export type Listeners = Pick<Targets, "tcp" | "tcp6" | "udp" | "listed" | "socket" | "abstractSocket"> & {
  /** How often anything of them was reached. */
  hits: () => number;
  close: () => Promise<void>;
};

/** Services of the machine that nobody inside may reach: each answers with the canary and counts who came. */
export async function listen({ canary, socket }: Pick<Targets, "canary" | "socket">): Promise<Listeners> {
  let hits = 0;
  const servers: Server[] = [];
  const open = new Set<Socket>();
  const serve = async (options: ListenOptions, server: Server = counting()): Promise<number> => {
    server.on("connection", (client: Socket) => void open.add(client));
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(options, resolve));
    servers.push(server);
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const counting = (): Server =>
    createServer((client) => {
      hits += 1;
      client.on("error", () => {});
      client.end(`${canary}\n`);
    });
  const abstractSocket = `agentx-${canary}`;
  const datagrams = createSocket("udp4");
  datagrams.on("message", (_, { address, port }) => {
    hits += 1;
    datagrams.send(canary, port, address);
  });
  const tcp = await serve({ host: "127.0.0.1", port: 0 });
  const tcp6 = await serve({ host: "::1", port: 0 }).catch(() => null);
  await serve({ path: socket });
  await serve({ path: `\0${abstractSocket}` });
  const listed = await serve(
    { host: "127.0.0.1", port: 0 },
    createWebServer((_, answer) => answer.end("listed")),
  );
  const udp = await bind(datagrams);
  const close = async (): Promise<void> => {
    datagrams.close();
    for (const client of open) client.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return { tcp, tcp6, udp, listed, socket, abstractSocket, hits: () => hits, close };
}

async function bind(socket: DatagramSocket): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", resolve);
  });
  return socket.address().port;
}
