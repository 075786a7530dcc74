import type { ServerResponse } from "node:http";
import type { Family } from "./route.ts";

export type Refusal = { status: number; message: string };

/**
 * An answer of our own in the protocol's form. The header is what the SDKs of Anthropic and OpenAI look at first:
 * asking again would not help.
 */
export function sendError(response: ServerResponse, family: Family, { status, message }: Refusal): void {
  const text = message.startsWith("agentx: ") ? message : `agentx: ${message}`;
  const body = JSON.stringify(forms[family](status, text));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-should-retry": "false",
  });
  response.end(body);
}

const forms: Record<Family, (status: number, message: string) => unknown> = {
  anthropic: (status, message) => ({
    type: "error",
    error: { type: anthropicTypes[status] ?? "api_error", message },
  }),
  openai: (status, message) => ({
    error: {
      message,
      type: status < 500 ? "invalid_request_error" : "server_error",
      param: null,
      code: null,
    },
  }),
  google: (status, message) => ({
    error: { code: status, message, status: googleTypes[status] ?? "INTERNAL" },
  }),
};

const anthropicTypes: Record<number, string> = {
  400: "invalid_request_error",
  404: "not_found_error",
  413: "request_too_large",
};

const googleTypes: Record<number, string> = { 400: "INVALID_ARGUMENT", 404: "NOT_FOUND", 502: "UNAVAILABLE" };
