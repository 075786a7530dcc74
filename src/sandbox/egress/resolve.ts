import { lookup } from "node:dns/promises";
import { parseIp } from "../../core/egress/ip-address.ts";

export type Address = { address: string; family: number };
export type Resolve = (host: string) => Promise<Address[]>;

/** As the machine's own programs find a host; an address is itself. Rejects where there is no such name. */
export const resolveHost: Resolve = async (host) => {
  const literal = parseIp(host);
  if (literal !== null) return [{ address: host, family: literal.version }];
  return lookup(host, { all: true });
};
