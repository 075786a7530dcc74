import { AgentxError } from "../core/error.ts";

const variables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];

/**
 * Node goes around a proxy whose address it cannot read, and says nothing. The address is not shown: it may hold a password.
 * @throws AgentxError GATEWAY_PROXY
 */
export function requireProxy(env: Readonly<Record<string, string | undefined>>): void {
  const problems = variables
    .filter((name) => env[name] !== undefined && env[name] !== "" && !isProxy(env[name]))
    .map((where) => ({
      where,
      what: "this is no address of an HTTP proxy",
      hint: "write it as http://host:port, or unset it",
    }));
  if (problems.length > 0) throw new AgentxError("GATEWAY_PROXY", problems);
}

function isProxy(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "http:" || url?.protocol === "https:";
}
