import { listenFor } from "./listen.ts";
import type { EgressPlace } from "./protocol.ts";

/** Makes the proxy of the dispatcher one of the sandbox's own loopback, and gives the variables by which programs find it. */
export async function openEgress({ folder, noProxy }: EgressPlace): Promise<Record<string, string>> {
  const url = await listenFor(folder);
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // Node's own fetch and http look at the variables only then.
    NODE_USE_ENV_PROXY: "1",
    npm_config_proxy: url,
    npm_config_https_proxy: url,
    npm_config_noproxy: noProxy,
    // Yarn 2 and later know these alone.
    YARN_HTTP_PROXY: url,
    YARN_HTTPS_PROXY: url,
  };
}
