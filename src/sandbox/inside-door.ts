import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { doorSocket, type DoorPlace } from "./protocol.ts";

/** What a socket's address has room for, less the byte at its end. */
const maxAddressBytes = process.platform === "darwin" ? 103 : 107;

export type InsideDoor = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Folder with the program `agentx`. */
  bin: string;
};

/** Listens on a port of loopback and pipes each connection to the socket in the door's folder, whoever listens there by then. */
export async function openDoor(door: DoorPlace): Promise<InsideDoor> {
  const path = socketPath(door.folder);
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
  return { url: `http://127.0.0.1:${port}`, bin: placeProgram(door.bin) };
}

/** Both ways, each side's end handed on; an error of one side ends both. */
function joinSockets(client: Socket, host: Socket): void {
  client.on("error", () => host.destroy());
  host.on("error", () => client.destroy());
  client.pipe(host);
  host.pipe(client);
}

/** A folder deep down would make the address too long for the system, so it is then reached from its own folder. */
function socketPath(folder: string): string {
  const path = join(folder, doorSocket);
  if (Buffer.byteLength(path) <= maxAddressBytes) return path;
  process.chdir(folder);
  return doorSocket;
}

/** The program is the file beside this one, run by the Node that runs this: another `node` may be on the PATH, or none. */
function placeProgram(bin: string | null): string {
  const folder = bin ?? mkdtempSync(join(tmpdir(), "agentx-bin-"));
  mkdirSync(folder, { recursive: true });
  const program = join(import.meta.dirname, `inside-agentx${extname(import.meta.filename)}`);
  const file = join(folder, "agentx");
  const words = [process.execPath, program].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  writeFileSync(file, `#!/bin/sh\nunset NODE_OPTIONS\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}
