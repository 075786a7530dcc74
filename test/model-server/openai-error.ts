import type { Wire } from "./types.ts";

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "invalid_request_error",
  404: "invalid_request_error",
  429: "rate_limit_exceeded",
};

/** Both of OpenAI's protocols answer with the same error object. */
export const openAiError: Wire["error"] = ({ status, message, code }) => ({
  error: { message, type: code ?? errorTypes[status] ?? "server_error", param: null, code },
});
