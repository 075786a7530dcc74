import type { IncomingHttpHeaders } from "node:http";
import type { GatewayModel } from "./upstream.ts";

/** What a protocol needs from its client. Everything else stays here, credentials of any name above all. */
const fromClient = [
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "idempotency-key",
  "openai-beta",
  "user-agent",
  "x-goog-api-client",
];

/** Betas of Anthropic's that bring tools with a reach of their own, or places to keep things. */
const farBetas =
  /^(mcp-|code-execution-|files-api-|skills-|advisor-tool-|inline-tools-|managed-agents-|agent-memory-|message-threads-|server-side-fallback-)/;
const webBetas = /^web-/;

export function requestHeaders(
  given: IncomingHttpHeaders,
  { model: { api, key }, web }: { model: GatewayModel; web: boolean },
): Record<string, string> {
  const kept = fromClient.flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    const text = Array.isArray(value) ? value.join(", ") : value;
    const passed = name === "anthropic-beta" ? nearBetas(text, web) : text;
    return passed === "" ? [] : [[name, passed] as const];
  });
  return { ...Object.fromEntries(kept), "content-type": "application/json", ...keyHeader(api, key) };
}

function nearBetas(text: string, web: boolean): string {
  const betas = text.split(",");
  const kept = betas.filter((beta) => {
    const name = beta.trim().toLowerCase();
    return !farBetas.test(name) && (web || !webBetas.test(name));
  });
  return kept.length === betas.length ? text : kept.map((beta) => beta.trim()).join(",");
}

/** A local server that reads no key gets none. */
function keyHeader(api: GatewayModel["api"], key: string): Record<string, string> {
  if (key === "") return {};
  if (api === "anthropic") return { "x-api-key": key };
  return api === "google" ? { "x-goog-api-key": key } : { authorization: `Bearer ${key}` };
}

const fromVendor =
  /^(content-type|content-encoding|retry-after|retry-after-ms|request-id|x-request-id|x-should-retry|anthropic-ratelimit-.+|x-ratelimit-.+)$/;

export function responseHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => fromVendor.test(name)));
}
