import type { GatewayApi } from "../upstream.ts";

/** How each protocol says that the model is done; a stream without it broke off. Looked for in the raw text of an event. */
const closings: Record<GatewayApi, RegExp> = {
  anthropic: /"type"\s*:\s*"message_stop"/,
  openai: /"type"\s*:\s*"response\.(completed|failed|incomplete)"/,
  // Not every server that imitates it sends the last line.
  "openai-chat": /^\[DONE\]$|"finish_reason"\s*:\s*"/,
  google: /"(finishReason|blockReason)"\s*:/,
};

export function endsStream(api: GatewayApi, data: string): boolean {
  return closings[api].test(data);
}
