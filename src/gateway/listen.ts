import { chmod, lstat, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { AgentxError } from "../core/error.ts";
import type { SessionOptions } from "./gateway.ts";

/** What the kernel's address of a unix socket holds, its closing zero taken off. */
const longestPath = 107;

/** @returns the address as `http://127.0.0.1:<port>`, empty for a socket */
export async function listen(server: Server, where: SessionOptions["listen"]): Promise<string> {
  if (where.type === "loopback") {
    await begin(server, { host: "127.0.0.1", port: 0 });
    const address = server.address();
    return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  }
  const { path } = where;
  if (Buffer.byteLength(path) > longestPath) {
    const what = `the path of a socket may have ${longestPath} bytes, this one has ${Buffer.byteLength(path)}`;
    throw new AgentxError("GATEWAY_SOCKET", {
      where: path,
      what,
      hint: "set AGENTX_HOME to a shorter folder",
    });
  }
  await clear(path);
  await begin(server, { path });
  // Enough for a sandbox: whoever runs inside is this very user, under another number.
  await chmod(path, 0o600);
  return "";
}

async function begin(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** A socket that an earlier process left behind; anything else at the path is somebody's file. */
async function clear(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket()) {
    const what = "there is something else where the gateway's socket should be";
    throw new AgentxError("GATEWAY_SOCKET", { where: path, what, hint: "move it away" });
  }
  await rm(path, { force: true });
}
