/** What the wire itself tells about a call, below any SDK. */
export type Lifeline = {
  /** To be given to an SDK in place of the global one. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** From the headers of the last answer; Google's SDK does not pass them on. */
  retryAfterMs: () => number | null;
};

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
      retryAfterMs = readRetryAfter(response.headers, Date.now());
      if (response.body === null) return response;
      const watched = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, out) => {
          onBytes();
          out.enqueue(chunk);
        },
      });
      return new Response(response.body.pipeThrough(watched), response);
    },
  };
}

/**
 * `retry-after` in seconds or as a date, `retry-after-ms`, or null. A date is counted from the server's own `date` where it
 * tells one: the clock here may be wrong by a day.
 */
export function readRetryAfter(headers: Headers, now: number): number | null {
  const ms = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return Math.max(0, ms);
  const value = headers.get("retry-after");
  if (value === null) return null;
  const seconds = Number(value);
  const serverNow = Date.parse(headers.get("date") ?? "");
  const from = Number.isFinite(serverNow) ? serverNow : now;
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - from;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
