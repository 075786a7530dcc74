/**
 * Milliseconds that a vendor asks to be left alone: `retry-after-ms`, `retry-after` in seconds or as a date, or Google's
 * `retryDelay`, which stands in the error's body only. Null where it asks nothing.
 * @param now a clock's milliseconds since 1970, for a date of a server that does not tell its own: a clock may be wrong by a day
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number,
): number | null {
  const ms = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms)) return Math.max(0, ms);
  const value = headers["retry-after"];
  if (value === undefined) {
    const delay = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
    return delay === undefined ? null : Number(delay) * 1000;
  }
  const seconds = Number(value);
  const serverNow = Date.parse(headers["date"] ?? "");
  const from = Number.isFinite(serverNow) ? serverNow : now;
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - from;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
