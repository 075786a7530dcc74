import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import type { Usage } from "../../src/core/usage.ts";
import { createGateway } from "../../src/gateway/create-gateway.ts";
import { createUpstream } from "../../src/gateway/create-upstream.ts";
import type {
  GatewayOptions,
  GatewaySession,
  MeteredCall,
  SessionOptions,
} from "../../src/gateway/gateway.ts";
import type { GatewayModel } from "../../src/gateway/upstream.ts";

/** The vendors' key, which must not be seen anywhere but at the server. */
export const realKey = "sk-real-0123456789abcdefghijkl";

/** Ends what a test began, the last first. */
export const endings: (() => Promise<unknown>)[] = [];

export async function endAll(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
}

/** A model of each protocol, all at one server. */
export function modelsAt(url: string): GatewayModel[] {
  const at = { baseUrl: url, key: realKey };
  return [
    {
      id: "anthropic/claude-opus-5-5",
      provider: "anthropic",
      name: "claude-opus-5-5",
      api: "anthropic",
      ...at,
    },
    { id: "openai/gpt-5.5", provider: "openai", name: "gpt-5.5", api: "openai", ...at, baseUrl: `${url}/v1` },
    {
      id: "ollama/qwen3:8b",
      provider: "ollama",
      name: "qwen3:8b",
      api: "openai-chat",
      ...at,
      baseUrl: `${url}/v1`,
    },
    { id: "google/gemini-3.8-flash", provider: "google", name: "gemini-3.8-flash", api: "google", ...at },
  ];
}

/** A dollar a thousand tokens, whichever. */
async function dollars(_id: string, usage: Usage): Promise<number> {
  return Object.values(usage).reduce((sum, count) => sum + count, 0) / 1000;
}

export type Time = Pick<GatewayOptions, "now" | "sleep">;

/** A clock on which time passes only where it is slept, so that a slow machine is not seen in it. For one call at a time. */
export function sleptClock(): Time {
  let slept = 0;
  return {
    now: () => slept,
    sleep: async (ms) => {
      slept += ms;
    },
  };
}

/** A clock that runs `speed` times as fast as the wall's. */
export function clock(speed: number): Time {
  return {
    now: () => performance.now() * speed,
    sleep: async (ms, signal) => {
      await timer(ms / speed, undefined, { signal });
    },
  };
}

export function aGateway(options: Partial<GatewayOptions> = {}): ReturnType<typeof createGateway> {
  return createGateway({
    upstream: createUpstream({ proxyEnv: {} }),
    priceOf: dollars,
    random: () => 0,
    ...clock(1),
    ...options,
  });
}

export type ASession = GatewaySession & {
  /** Where a client inside finds it, whatever it listens on. */
  base: string;
  told: MeteredCall[];
  progress: string[];
  /** Signs of life without words. */
  pulses: () => number;
  withheld: string[];
};

/** An open session; `server` is where its models are. */
export async function aSession(
  server: { url: string },
  {
    gateway = aGateway(),
    ...options
  }: Partial<SessionOptions> & { gateway?: ReturnType<typeof createGateway> } = {},
): Promise<ASession> {
  const told: MeteredCall[] = [];
  const progress: string[] = [];
  let pulses = 0;
  const withheld: string[] = [];
  const listen = options.listen ?? { type: "loopback" };
  const session = await gateway.open({
    label: "implement t",
    models: modelsAt(server.url),
    limits: { turns: 1000, tokens: null, usd: null },
    usdLeft: () => null,
    ready: async () => {},
    onCall: (call) => told.push(call),
    onProgress: (text) => {
      if (text === "") pulses += 1;
      else progress.push(text);
    },
    web: false,
    onWithheld: (names) => withheld.push(...names),
    handle: () => false,
    ...options,
    listen,
  });
  endings.push(async () => session.close());
  const base = listen.type === "loopback" ? session.url : await helperFor(listen.path);
  return { ...session, base, told, progress, pulses: () => pulses, withheld };
}

/** What stands inside a sandbox: every connection is piped to the socket. */
async function helperFor(path: string): Promise<string> {
  const server = createServer((client) => {
    const door = connect(path);
    client.pipe(door).pipe(client);
    client.on("error", () => door.destroy());
    door.on("error", () => client.destroy());
    client.on("close", () => door.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(async () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agentx-gw-"));
  endings.push(async () => rm(folder, { recursive: true, force: true }));
  return join(folder, "s");
}

/** The smallest call of Anthropic's protocol. */
export async function ask(base: string, more: RequestInit = {}): Promise<Response> {
  return fetch(`${base}/anthropic/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": "agentx-gateway" },
    body: JSON.stringify({
      model: "claude-opus-5-5",
      max_tokens: 1000,
      messages: [{ role: "user", content: "Hi" }],
    }),
    ...more,
  });
}

export async function until(isTrue: () => boolean, ms = 5000): Promise<void> {
  for (let left = ms; !isTrue(); left -= 5) {
    if (left <= 0) throw new Error("it did not come to be");
    await timer(5);
  }
}
