import type { Wire } from "./types.ts";

/** Clients read "server_error" as a reason to try again, whatever the status says. */
function typeOf(status: number): string {
  if (status === 429) return "rate_limit_exceeded";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** Both of OpenAI's protocols answer with the same error object. */
export const openAiError: Wire["error"] = ({ status, message, code }) => ({
  error: { message, type: code ?? typeOf(status), param: null, code },
});
