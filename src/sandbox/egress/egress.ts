import { type Allowlist, allowlistOf, type Network } from "../../core/egress/allowlist.ts";

/** What a sandbox may reach, and how this machine reaches it. */
export type Egress = {
  allow: Allowlist;
  /** The key of agentx.yaml that says so, for who wants more. */
  setting: string;
  /** The person's own proxy variables; a password in one stays with the dispatcher. */
  personProxy: Readonly<Record<string, string>>;
};

export function egressOf(network: Network, around: Omit<Egress, "allow">): false | Egress {
  return network === false ? false : { ...around, allow: allowlistOf(network) };
}
