import type { Credentials } from "../../core/agent-spec.ts";
import { dummyKey, type DoorUrls } from "../guest/door.ts";
import type { ModelApi } from "../guest/guest.ts";
import type { StartOptions } from "./program.ts";

type Model = NonNullable<StartOptions["model"]>;

/** A day: a question to the person waits as an open call of a tool. */
const patientMs = 24 * 60 * 60 * 1000;

/** `opencode.json`; `systemFile` is an absolute path. */
export function opencodeConfig(
  { model, credentials, urls, readOnly }: Pick<StartOptions, "model" | "credentials" | "urls" | "readOnly">,
  systemFile: string,
): Record<string, unknown> {
  const isGateway = credentials === "gateway" && model !== null;
  return {
    autoupdate: false,
    share: "disabled",
    snapshot: false,
    lsp: false,
    formatter: false,
    instructions: [systemFile],
    // The last rule that fits counts. What a subagent does is not told; a page cannot be fetched without a network.
    permission: {
      "*": "allow",
      task: "deny",
      ...(isGateway ? { webfetch: "deny", websearch: "deny" } : {}),
      ...(readOnly ? { edit: "deny" } : {}),
    },
    mcp: { agentx: { type: "remote", url: urls.mcp, oauth: false, timeout: patientMs } },
    ...(isGateway ? gatewayConfig(model, urls) : {}),
  };
}

/** What `--model` takes: with its own login the person names a provider of opencode's. */
export function opencodeModel(model: Model, credentials: Credentials): string {
  return credentials === "own" ? model.id : `${providers[model.api].id}/${model.name}`;
}

/** opencode's own providers at another address: what it knows of a model (window, tools, thinking) stays known. */
const providers: Record<ModelApi, { id: string; npm: string | null; baseUrl: (urls: DoorUrls) => string }> = {
  anthropic: { id: "anthropic", npm: null, baseUrl: ({ anthropic }) => `${anthropic}/v1` },
  openai: { id: "openai", npm: null, baseUrl: ({ openai }) => openai },
  google: { id: "google", npm: null, baseUrl: ({ google }) => `${google}/v1beta` },
  "openai-chat": { id: "agentx", npm: "@ai-sdk/openai-compatible", baseUrl: ({ openai }) => openai },
};

function gatewayConfig({ name, api }: Model, urls: DoorUrls): Record<string, unknown> {
  const { id, npm, baseUrl } = providers[api];
  const provider = {
    ...(npm === null ? {} : { npm, name: id }),
    // It gives a call up after five minutes, but a call waits while a question is open.
    options: { baseURL: baseUrl(urls), apiKey: dummyKey, timeout: false },
    // Also one that it knows: an empty entry adds nothing to what it knows.
    models: { [name]: {} },
  };
  return {
    model: `${id}/${name}`,
    small_model: `${id}/${name}`,
    enabled_providers: [id],
    provider: { [id]: provider },
  };
}
