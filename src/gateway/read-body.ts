import type { IncomingMessage } from "node:http";
import type { Refusal } from "./send-error.ts";

/** Twice what the largest vendor's limit is. */
const longestBody = 64 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer | Refusal> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") return { status: 400, message: `a body in ${encoding} is not read here` };
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return { status: 413, message: "the body has more than 64 MB" };
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
