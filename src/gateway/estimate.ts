import { noUsage, totalTokens } from "../core/usage.ts";
import type { Estimate } from "./admission.ts";
import type { GatewayOptions } from "./gateway.ts";
import type { ReadCall } from "./read-call.ts";

/** Text has about four bytes a token; three leave something over. */
const bytesPerToken = 3;

/** The most that a call is likely to use. */
export async function estimateCall(
  priceOf: GatewayOptions["priceOf"],
  modelId: string,
  { body, maxOutputTokens }: ReadCall,
): Promise<Estimate> {
  const usage = {
    ...noUsage,
    inputTokens: Math.ceil(body.length / bytesPerToken),
    outputTokens: maxOutputTokens,
  };
  return { tokens: totalTokens(usage), usd: (await priceOf(modelId, usage)) ?? 0 };
}
