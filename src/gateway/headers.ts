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

export function requestHeaders(
  given: IncomingHttpHeaders,
  { api, key }: GatewayModel,
): Record<string, string> {
  const kept = fromClient.flatMap((name) => {
    const value = given[name];
    return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const];
  });
  return { ...Object.fromEntries(kept), "content-type": "application/json", ...keyHeader(api, key) };
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
