import { headerWait } from "../core/named-wait.ts";

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
 * A fetch that reports every byte, pings included: a model that thinks for minutes is alive as long as its server is.
 */
export function openLifeline(onBytes: () => void): Lifeline {
  let retryAfterMs: number | null = null;
  return {
    retryAfterMs: () => retryAfterMs,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      onBytes();
      retryAfterMs = response.ok ? null : headerWait((name) => response.headers.get(name), Date.now());
      if (response.body === null) return response;
      let bytes = 0;
      const watched = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, out) => {
          onBytes();
          bytes += chunk.byteLength;
          if (bytes > mostBytes) throw new Error(`the answer is longer than ${mostBytes / 1024 ** 2} MiB`);
          out.enqueue(chunk);
        },
      });
      return new Response(response.body.pipeThrough(watched), response);
    },
  };
}
