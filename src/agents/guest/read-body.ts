import type { IncomingMessage } from "node:http";

const maxBytes = 64 * 1024;

export type Body =
  | { type: "json"; value: unknown }
  | { type: "not-json"; reason: string }
  | { type: "too-large"; maxBytes: number };

/** A request's JSON, of a size that cannot fill the dispatcher's memory. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped, so that the client gets to read the answer.
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) return { type: "too-large", maxBytes };
  try {
    return { type: "json", value: JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown };
  } catch (error) {
    return { type: "not-json", reason: error instanceof Error ? error.message : String(error) };
  }
}
