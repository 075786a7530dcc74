import { connect, createServer } from "node:net";
import { join } from "node:path";
import { joinSockets } from "./join-sockets.ts";
import { doorSocket } from "./protocol.ts";

/** What a socket's address has room for, less the byte at its end. */
const maxAddressBytes = process.platform === "darwin" ? 103 : 107;

/**
 * Listens on a port of loopback and pipes each connection to the socket in `folder`, whoever listens there by then.
 * @returns `http://127.0.0.1:<port>`
 */
export async function listenFor(folder: string): Promise<string> {
  const path = socketPath(folder);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    joinSockets(client, connect({ path, allowHalfOpen: true }));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", 511, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("a listening server without a port"));
    });
  });
  // A connection that could not be taken is that client's loss only.
  server.on("error", () => {});
  return `http://127.0.0.1:${port}`;
}

/** A folder deep down would make the address too long for the system, so it is then reached from its own folder. */
function socketPath(folder: string): string {
  const path = join(folder, doorSocket);
  if (Buffer.byteLength(path) <= maxAddressBytes) return path;
  process.chdir(folder);
  return doorSocket;
}
