import { Readable } from "node:stream";
import type { GatewayApi, UpstreamAnswer } from "../upstream.ts";

/** An answer 400 in the protocol's own form: clients show its message and do not try again. */
export function refuse(api: GatewayApi, reason: string): UpstreamAnswer {
  const body = JSON.stringify(bodyOf(api, `agentx: ${reason}`));
  const headers = { "content-type": "application/json", "x-should-retry": "false" };
  return { status: 400, headers, body: Readable.from([Buffer.from(body)]) };
}

function bodyOf(api: GatewayApi, message: string): unknown {
  switch (api) {
    case "anthropic":
      return { type: "error", error: { type: "invalid_request_error", message } };
    case "openai":
    case "openai-chat":
      return { error: { message, type: "invalid_request_error", param: null, code: null } };
    case "google":
      return { error: { code: 400, message, status: "INVALID_ARGUMENT" } };
  }
}
