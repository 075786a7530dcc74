import { AgentxError } from "../../core/error.ts";
import type { Target } from "../../core/egress/target.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export type PersonProxy = {
  /** The proxy by which the person's programs reach `target`, or null. */
  find: (target: Target, scheme: "http" | "https") => URL | null;
};

/** Names that say which proxy is asked; lower case first, as curl has it. */
export const proxyVariables = [
  "http_proxy",
  "HTTP_PROXY",
  "https_proxy",
  "HTTPS_PROXY",
  "no_proxy",
  "NO_PROXY",
] as const;

/** @throws AgentxError EGRESS_PROXY for an address that cannot be used; it is not shown, since it may hold a password */
export function readPersonProxy(env: Variables): PersonProxy {
  const proxies = { http: readProxy(env, "http_proxy"), https: readProxy(env, "https_proxy") };
  const except = (env["no_proxy"] ?? env["NO_PROXY"] ?? "")
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map((entry) => entry.toLowerCase());
  return {
    find: (target, scheme) => (except.some((entry) => isExcepted(target, entry)) ? null : proxies[scheme]),
  };
}

function readProxy(env: Variables, name: "http_proxy" | "https_proxy"): URL | null {
  const [variable, value = ""] = [name, name.toUpperCase()]
    .map((each) => [each, env[each]] as const)
    .find(([, text]) => text !== undefined && text !== "") ?? [name];
  if (value === "") return null;
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new AgentxError("EGRESS_PROXY", {
    where: variable,
    what: "this is no address of an HTTP proxy, and setups and gates with a network go through it",
    hint: "write it as http://host:port, or unset it",
  });
}

function isExcepted({ host, port }: Target, entry: string): boolean {
  if (entry === "*") return true;
  const [, named = "", only] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  return host === named || host.endsWith(`.${named}`);
}
