import { formatIp, parseIp } from "./ip-address.ts";

/** `host` is in its one spelling: lower case, without the last dot, or an address as `formatIp` writes it. */
export type Target = { host: string; port: number };

const maxNameLength = 253;

/**
 * A host in its one spelling, or null. What different readers take for different hosts is refused, not repaired: user names,
 * percent signs, white space, control characters, empty or over-long labels, names that end in a number (an IPv4 address in
 * another form) and zones of IPv6.
 * @param text a name, an IPv4 address, or an IPv6 address in brackets
 */
export function parseHost(text: string): string | null {
  const inner = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (inner !== undefined) {
    const address = parseIp(inner);
    return address?.version === 6 ? formatIp(address) : null;
  }
  const name = (text.endsWith(".") ? text.slice(0, -1) : text).toLowerCase();
  const address = parseIp(name);
  if (address !== null) return address.version === 4 ? formatIp(address) : null;
  const labels = name.split(".");
  const isName =
    name.length <= maxNameLength &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
  return isName ? name : null;
}

export function parsePort(text: string): number | null {
  if (!/^[1-9]\d{0,4}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65_535 ? port : null;
}

/**
 * `host:port`, as in a CONNECT or in a Host header.
 * @param defaultPort where the port may be left out; null where it may not
 */
export function parseAuthority(text: string, defaultPort: number | null): Target | null {
  const [, hostText = "", portText] = /^(\[[^[\]]*\]|[^:[\]]*)(?::(\d+))?$/.exec(text) ?? [];
  const host = parseHost(hostText);
  const port = portText === undefined ? defaultPort : parsePort(portText);
  return host === null || port === null ? null : { host, port };
}

export type HttpTarget = { target: Target; authority: string; path: string };

/** `http://host[:port]/path`, the form of a request to a proxy. Null for every other form and scheme. */
export function parseHttpUrl(text: string): HttpTarget | null {
  const [, authority = "", rest = ""] = /^http:\/\/([^/?#]*)([/?][!-~]*)?$/i.exec(text) ?? [];
  const target = parseAuthority(authority, 80);
  if (target === null || rest.includes("#")) return null;
  return { target, authority, path: rest.startsWith("/") ? rest : `/${rest}` };
}

/** As it is written where a port follows or may follow. */
export function formatTarget({ host, port }: Target): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
