import type { Duplex } from "node:stream";

/** Both ways, each side's end handed on; an error of one side ends both. */
export function joinSockets(client: Duplex, host: Duplex): void {
  client.on("error", () => host.destroy());
  host.on("error", () => client.destroy());
  client.pipe(host);
  host.pipe(client);
}
