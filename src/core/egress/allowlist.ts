import { parseIp } from "./ip-address.ts";
import { isPublicAddress } from "./public-address.ts";
import { parseHost, parsePort, type Target } from "./target.ts";

/** What agentx.yaml says of a network: none, every public host, or just these. Entries are texts for `parseHostRule`. */
export type Network = boolean | string[];

export type HostRule = {
  /** In its one spelling. */
  host: string;
  /** Written as `*.host`: every name below it, not the host itself. */
  isBelow: boolean;
  ports: readonly number[];
  /** It may have an address that is not on the public internet. */
  isPrivate: boolean;
};

/** Where a sandbox may connect to. */
export type Allowlist = { isAnyPublic: boolean; rules: readonly HostRule[] };

export type Judgement = { type: "allowed"; isPrivate: boolean } | { type: "refused"; reason: string };

const webPorts: readonly number[] = [443, 80];
const privateWord = " private";

/**
 * `host`, `*.host` or an address, with or without `:port` (443 and 80 where it is left out). A word `private` after it lets the
 * name have a private address; an address that is private, and `localhost:port`, say so themselves.
 * Null where it is none of these. Names of other scripts are taken in their ASCII form.
 */
export function parseHostRule(entry: string): HostRule | null {
  const isMarked = entry.endsWith(privateWord);
  const text = isMarked ? entry.slice(0, -privateWord.length) : entry;
  const [, star = "", hostText = "", portText] =
    /^(\*\.)?(\[[^[\]]*\]|[^:[\]]*)(?::(\d+))?$/.exec(text) ?? [];
  const host = parseHost(toAscii(hostText));
  const port = portText === undefined ? null : parsePort(portText);
  if (host === null || (portText !== undefined && port === null)) return null;
  const isAddress = parseIp(host) !== null;
  const isBelow = star !== "";
  if (isBelow && (isAddress || isMarked || !host.includes("."))) return null;
  const saysSo = isAddress ? !isPublicAddress(host) : !isBelow && port !== null && host === "localhost";
  return { host, isBelow, ports: port === null ? webPorts : [port], isPrivate: isMarked || saysSo };
}

/** Texts that are no rule are left out: the schema has refused them where they were written. */
export function allowlistOf(network: Exclude<Network, false>): Allowlist {
  if (network === true) return { isAnyPublic: true, rules: [] };
  return { isAnyPublic: false, rules: network.flatMap((entry) => parseHostRule(entry) ?? []) };
}

/** By the name alone; of the addresses behind it, `isAddressAllowed` judges. */
export function judgeTarget({ isAnyPublic, rules }: Allowlist, target: Target): Judgement {
  const named = rules.filter((rule) => matches(rule, target));
  if (named.length > 0) return { type: "allowed", isPrivate: named.some(({ isPrivate }) => isPrivate) };
  if (!isAnyPublic) return { type: "refused", reason: "it is not in the list" };
  if (webPorts.includes(target.port)) return { type: "allowed", isPrivate: false };
  return { type: "refused", reason: "only the ports 443 and 80 are open to every host" };
}

export function isAddressAllowed(address: string, { isPrivate }: { isPrivate: boolean }): boolean {
  return isPrivate || isPublicAddress(address);
}

function matches({ host, isBelow, ports }: HostRule, target: Target): boolean {
  if (!ports.includes(target.port)) return false;
  return isBelow ? target.host.endsWith(`.${host}`) : target.host === host;
}

/** What a person writes; a request is never read this way. */
function toAscii(host: string): string {
  if (/^[\0-\x7f]*$/.test(host) || /[\0-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/.test(host)) return host;
  return URL.parse(`http://${host}`)?.hostname ?? host;
}
