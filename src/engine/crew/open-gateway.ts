import type { OpenCassette } from "../../gateway/cassette/open-cassette.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Env } from "../../sys/paths.ts";

/** The run's gateway, made when the first guest needs it. */
export function openGateway(env: Env, cassette: OpenCassette | null): () => Promise<Gateway> {
  let gateway: Promise<Gateway> | null = null;
  return () => (gateway ??= makeGateway(env, cassette));
}

async function makeGateway(env: Env, cassette: OpenCassette | null): Promise<Gateway> {
  const [{ createGateway }, { createUpstream }, { priceOf }, { sleep }] = await Promise.all([
    import("../../gateway/create-gateway.ts"),
    import("../../gateway/create-upstream.ts"),
    import("../../models/prices.ts"),
    import("../../models/sleep.ts"),
  ]);
  const upstream = createUpstream({ proxyEnv: env });
  return createGateway({
    upstream: cassette?.around(upstream) ?? upstream,
    priceOf,
    now: () => performance.now(),
    sleep,
    random: Math.random,
  });
}
