import { connect, type Socket } from "node:net";
import { isAddressAllowed, judgeTarget } from "../../core/egress/allowlist.ts";
import { formatTarget, type Target } from "../../core/egress/target.ts";
import type { Egress } from "./egress.ts";
import type { PersonProxy } from "./person-proxy.ts";
import { dialProxy } from "./dial-proxy.ts";
import type { Address, Resolve } from "./resolve.ts";

const connectTimeoutMs = 30_000;

/** The list, or the place where a name leads, forbids it. `message` says why. */
export class Refused extends Error {}

export type Reaching = { egress: Egress; person: PersonProxy; resolve: Resolve };

/** Where a request of the sandbox goes: by the person's proxy, or to addresses that were looked at. */
export type Way = { type: "proxy"; proxy: URL } | { type: "direct"; addresses: Address[] };

/**
 * A name is resolved once, here, and what is connected to is what was looked at: a name that means another address a moment
 * later (DNS rebinding) gains nothing. Where the person's proxy stands between, that one resolves the name again.
 * @throws Refused, or the resolver's error
 */
export async function findWay(
  target: Target,
  scheme: "http" | "https",
  { egress, person, resolve }: Reaching,
): Promise<Way> {
  const judged = judgeTarget(egress.allow, target);
  if (judged.type === "refused") throw new Refused(judged.reason);
  const proxy = person.find(target, scheme);
  // Behind a company's proxy the machine itself may know no outside names.
  const found = await (proxy === null ? resolve(target.host) : resolve(target.host).catch(() => null));
  const addresses = found?.filter(({ address }) => isAddressAllowed(address, judged)) ?? null;
  if (addresses?.length === 0) {
    const what = found?.[0]?.address ?? "nothing";
    throw new Refused(what === target.host ? "it is a private address" : `it has a private address, ${what}`);
  }
  return proxy === null ? { type: "direct", addresses: addresses ?? [] } : { type: "proxy", proxy };
}

/** A connection for a tunnel to `target`. */
export async function openTunnel(target: Target, way: Way): Promise<Socket> {
  return way.type === "proxy" ? dialProxy(way.proxy, formatTarget(target)) : dial(target.port, way.addresses);
}

/** To the first of the addresses that answers, and to nothing else. */
export async function dial(port: number, addresses: Address[]): Promise<Socket> {
  const [first] = addresses;
  const socket = connect({
    host: first?.address ?? "",
    port,
    allowHalfOpen: true,
    noDelay: true,
    autoSelectFamily: true,
    lookup: (_host, _options, done) => done(null, addresses),
  });
  return connected(socket, "connect");
}

async function connected<T extends Socket>(socket: T, event: "connect" | "secureConnect"): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error("no answer in time")), connectTimeoutMs);
    const failed = (error: Error): void => {
      clearTimeout(late);
      reject(error);
    };
    socket.once("error", failed);
    socket.once(event, () => {
      clearTimeout(late);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}
