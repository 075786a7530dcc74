import type { RunSettings } from "../../core/run-settings.ts";
import type { Gateway, GatewaySession } from "../../gateway/gateway.ts";
import type { KnownPaths } from "../../gateway/upstream.ts";
import type { Model } from "../../models/model.ts";
import { openModel, resolveModel } from "../../models/open-model.ts";
import type { RetryOptions } from "../../models/retry.ts";
import { routeProviders } from "../../models/route-providers.ts";
import type { Env } from "../../sys/paths.ts";
import { gatewayModel } from "../crew/gateway-model.ts";

export type Routing = {
  gateway: () => Promise<Gateway>;
  providers: RunSettings["providers"];
  env: Env;
  /** For scripted models, which nobody has to be asked for. */
  openDirect: (id: string) => Model;
  /** None where nothing is waited for. */
  retry?: RetryOptions;
};

export type RoutedModels = { open: (id: string) => Model } & AsyncDisposable;

/** The gateway waits for a provider's pause without a byte; whoever watches the job hears of it all the same. */
const idleMs = 15 * 60_000;

/** The models of one job, called by way of the gateway. Each gets a session of its own when it is first called. */
export function openRoutedModels(
  routing: Routing,
  job: { label: string; paths: () => Promise<KnownPaths> },
): RoutedModels {
  const { providers, env, openDirect, retry } = routing;
  const opened = new Map<string, Model>();
  const sessions: GatewaySession[] = [];
  const route = async (id: string, onProgress: (text: string) => void): Promise<Model> => {
    const gateway = await routing.gateway();
    const session = await gateway.open({
      listen: { type: "loopback" },
      label: job.label,
      paths: await job.paths(),
      models: [gatewayModel(id, { providers, env })],
      // The loop holds its limits and tells its calls by itself.
      limits: { turns: Number.MAX_SAFE_INTEGER, tokens: null, usd: null },
      usdLeft: () => null,
      onCall: () => {},
      ready: async () => {},
      onProgress,
      // The loop offers no tool that a vendor runs.
      web: false,
      onWithheld: (names) => onProgress(`withheld from the vendor: ${names.join(", ")}`),
      handle: () => false,
    });
    sessions.push(session);
    const scripts = { cwd: "/", pauseScale: 1 };
    return openModel({
      id,
      ...routeProviders(providers, session.url),
      scripts,
      idleMs,
      ...(retry && { retry }),
    });
  };
  return {
    open: (id) => {
      const known = opened.get(id);
      if (known) return known;
      const { api } = resolveModel({ id, providers, env });
      const model = api === "scripted" ? openDirect(id) : lazily(id, route);
      opened.set(id, model);
      return model;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
}

type Route = (id: string, onProgress: (text: string) => void) => Promise<Model>;

function lazily(id: string, route: Route): Model {
  let routed: Promise<Model> | null = null;
  let tell: (text: string) => void = () => {};
  return {
    id,
    call: async (request) => {
      // A job makes one call at a time.
      tell = request.onProgress;
      const model = await (routed ??= route(id, (text) => tell(text)));
      return model.call(request);
    },
  };
}
