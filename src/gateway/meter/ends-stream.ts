import type { GatewayApi } from "../upstream.ts";

/** How each protocol says that the model is done; a stream without it broke off. Looked for in the raw text of an event. */
const closings: Record<GatewayApi, RegExp> = {
  anthropic: /"type"\s*:\s*"message_stop"/,
  openai: /"type"\s*:\s*"response\.(completed|failed|incomplete)"/,
  // Not every server that imitates it sends the last line.
  "openai-chat": /^\[DONE\]$|"finish_reason"\s*:\s*"/,
  google: /"(finishReason|blockReason)"\s*:/,
};

/** An event that was cut in two does not count: OpenAI's closing one holds the whole answer. */
export function endsStream(api: GatewayApi, data: string): boolean {
  return closings[api].test(data) && isIntact(data);
}

/** Also false for what follows the closing event and was cut. */
export function isIntact(data: string): boolean {
  if (data === "[DONE]") return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
