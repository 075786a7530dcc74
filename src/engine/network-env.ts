import { proxyVariables } from "../sandbox/egress/person-proxy.ts";
import type { Env } from "../sys/paths.ts";

/** For the dispatcher's own proxy; nothing of it is seen inside a sandbox. */
export function personProxy(env: Env): Record<string, string> {
  return pick(env, proxyVariables);
}

/** Whom to believe who a server is: paths, no secrets. */
export function authorityEnv(env: Env): Record<string, string> {
  return pick(env, ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"]);
}

function pick(env: Env, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
