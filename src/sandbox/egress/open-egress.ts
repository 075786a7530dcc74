import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../../sys/remove-tree.ts";
import type { Bounds } from "../limits/bounds.ts";
import { doorSocket } from "../inside/protocol.ts";
import type { ExecResult } from "../sandbox.ts";
import type { Egress } from "./egress.ts";
import { readPersonProxy } from "./person-proxy.ts";
import { Refusals } from "./refusals.ts";
import { type Resolve, resolveHost } from "./resolve.ts";
import { makeSocketFolder } from "./socket-folder.ts";

export type OpenedEgress = {
  /** The host folder in which the proxy listens. */
  folder: string;
  /** What programs inside reach without it: their own loopback, unless a host of that name is in the list. */
  noProxy: string;
  explain: (result: ExecResult) => string | null;
  /** Ends every connection. Never throws. */
  close: () => Promise<void>;
};

const loopbackNames = ["localhost", "127.0.0.1", "::1"];

/** Starts the proxy of one sandbox, in this process. @throws AgentxError EGRESS_PROXY */
export async function openEgress(egress: Egress, resolve: Resolve = resolveHost): Promise<OpenedEgress> {
  // Most sandboxes have no network, and what a proxy takes is Node's own HTTP, TLS and names.
  const { createProxy } = await import("./create-proxy.ts");
  const person = readPersonProxy(egress.personProxy);
  const refusals = new Refusals(egress.setting);
  const { server, close } = createProxy({ egress, person, resolve }, (target, reason) =>
    refusals.add(target, reason),
  );
  const folder = await makeSocketFolder();
  const socket = join(folder, doorSocket);
  await new Promise<void>((listening, reject) => {
    server.once("error", reject);
    server.listen(socket, listening);
  });
  await chmod(socket, 0o600);
  const named = new Set(egress.allow.rules.map(({ host }) => (host === "0:0:0:0:0:0:0:1" ? "::1" : host)));
  return {
    folder,
    noProxy: loopbackNames.filter((name) => !named.has(name)).join(","),
    explain: (result) => {
      const said = refusals.take();
      return result.type === "exited" && result.exitCode === 0 ? null : said;
    },
    close: async () => {
      await close();
      await removeTree(folder);
    },
  };
}

/** The proxy ends with the sandbox, and a command that failed says what was refused to it. */
export function withEgress(bounds: Bounds, egress: OpenedEgress | null): Bounds {
  if (egress === null) return bounds;
  return {
    ...bounds,
    explain: (result, ended) => {
      const reasons = [bounds.explain(result, ended), egress.explain(result)];
      return reasons.every((reason) => reason === null) ? null : reasons.filter(Boolean).join("\n");
    },
    release: async () => {
      await Promise.all([bounds.release(), egress.close()]);
    },
  };
}
