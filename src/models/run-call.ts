import type { Endpoint } from "./endpoint.ts";
import { failureOf } from "./failure.ts";
import { openLifeline, type Lifeline } from "./lifeline.ts";
import { ModelError, type ModelReply, type ModelRequest } from "./model.ts";
import { preparePrice, priceOf } from "./prices.ts";

/** What an adapter works with during one call. */
export type CallTools = { signal: AbortSignal; fetch: Lifeline["fetch"] };

/** A reply before it is priced; `counted` is false where the server did not tell its usage. */
export type UnpricedReply = Omit<ModelReply, "usd"> & { counted: boolean };

/**
 * Everything that is the same for every provider: the watchdog, errors as ModelError, the price.
 * Throws only ModelError or the signal's reason.
 */
export async function runCall(
  endpoint: Endpoint,
  request: ModelRequest,
  stream: (tools: CallTools) => Promise<UnpricedReply>,
): Promise<ModelReply> {
  request.signal.throwIfAborted();
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(silence(endpoint)), endpoint.idleMs);
  const lifeline = openLifeline(() => {
    timer.refresh();
    request.onProgress("");
  });
  const signal = AbortSignal.any([request.signal, idle.signal]);
  try {
    const { counted, ...reply } = await stream({ signal, fetch: withPrice(endpoint.id, lifeline.fetch) });
    return { ...reply, usd: counted ? await priceOf(endpoint.id, reply.usage) : null };
  } catch (error) {
    request.signal.throwIfAborted();
    if (idle.signal.aborted) throw idle.signal.reason;
    throw failureOf(error, endpoint, lifeline.retryAfterMs());
  } finally {
    clearTimeout(timer);
  }
}

/** Once an answer has begun there is time to load what it is priced by; before that it would hold up the call itself. */
function withPrice(modelId: string, fetch: Lifeline["fetch"]): Lifeline["fetch"] {
  return (input, init) => {
    const answer = fetch(input, init);
    // Whoever needs the price, or the answer, is told what went wrong.
    answer.then(() => preparePrice(modelId)).catch(() => {});
    return answer;
  };
}

function silence({ id, provider, idleMs }: Endpoint): ModelError {
  const message = `nothing came from ${provider} for ${Math.round(idleMs / 1000)} s`;
  return new ModelError("network", id, { message });
}

/** For a stream that ended in good order, but before the model had said that it was done. */
export function truncated({ id, provider }: Endpoint): ModelError {
  const message = `${provider} ended the answer of ${id} before it was complete`;
  return new ModelError("truncated", id, { message });
}
