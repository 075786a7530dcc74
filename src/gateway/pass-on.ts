import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { GatewayModel, UpstreamAnswer } from "./upstream.ts";
import { responseHeaders } from "./headers.ts";
import { notReached } from "./failure.ts";

/**
 * Hands the answer to the client as it comes, but for its end. Resolves to what broke it off, or null.
 * Throws the signal's reason when the client has gone.
 */
export async function passOn(
  { status, headers, body }: UpstreamAnswer,
  {
    response,
    model,
    signal,
    onChunk,
  }: { response: ServerResponse; model: GatewayModel; signal: AbortSignal; onChunk: (chunk: Buffer) => void },
): Promise<string | null> {
  response.writeHead(status, responseHeaders(headers));
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      onChunk(chunk);
      if (!response.write(chunk)) await once(response, "drain", { signal });
    }
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return notReached(model, error).message;
  }
}
