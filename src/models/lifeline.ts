import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { headerWait } from "../core/named-wait.ts";
import { takeTurn } from "../sys/take-turn.ts";
import { sendRequest } from "./send-request.ts";

/** What the wire itself tells about a call, below any SDK. */
export type Lifeline = {
  /** To be given to an SDK in place of the global one. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** From the headers of the last answer; Google's SDK does not pass them on. */
  retryAfterMs: () => number | null;
};

/** A server that does not come to an end must not fill the memory. */
const mostBytes = 64 * 1024 ** 2;

/**
 * A fetch that reports every byte, pings included: a model that thinks for minutes is alive as long as its server is. It has little of what
 * the global one has: that copies every body twice and takes as long for a call as all the rest of it, which hundred workers notice.
 * What an SDK makes of the answer, and the worker's next step after it, take their turn.
 */
export function openLifeline(onBytes: () => void): Lifeline {
  let retryAfterMs: number | null = null;
  return {
    retryAfterMs: () => retryAfterMs,
    fetch: async (input, init = {}) => {
      if (typeof input !== "string" && !(input instanceof URL))
        throw new TypeError("a model's call has an address and what is sent to it");
      const answer = await sendRequest({ url: input, init });
      onBytes();
      await takeTurn();
      const { statusCode: status = 0 } = answer;
      const headers = headersOf(answer);
      const isOk = status >= 200 && status < 300;
      retryAfterMs = isOk ? null : headerWait((name) => headers.get(name), Date.now());
      const body = watched(answer, onBytes);
      return isOk ? streamed(body, { status, headers }) : new Response(await text(body), { status, headers });
    },
  };
}

async function* watched(answer: IncomingMessage, onBytes: () => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    onBytes();
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new Error(`the answer is longer than ${mostBytes / 1024 ** 2} MiB`);
    await takeTurn();
    yield chunk;
  }
}

/** A good answer, whose body an SDK reads as it comes: by iterating, or by a reader. */
function streamed(body: AsyncGenerator<Buffer>, head: ResponseInit): Response {
  const read = {
    [Symbol.asyncIterator]: () => body,
    getReader: () => ReadableStream.from(body).getReader(),
  };
  return Object.defineProperty(new Response(null, head), "body", { value: read });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}
