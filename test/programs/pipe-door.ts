import { mkdir } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

/** A door in the place of the gateway's: whatever comes in goes to `url` as it is. */
export async function pipeDoor(
  folder: string,
  url: string,
): Promise<{ folder: string; close: () => Promise<void> }> {
  await mkdir(folder);
  const open = new Set<Socket>();
  const port = Number(new URL(url).port);
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    for (const [from, to] of [
      [client, host],
      [host, client],
    ] as const) {
      open.add(from);
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
      from.on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(join(folder, "s"), resolve);
  });
  return {
    folder,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
