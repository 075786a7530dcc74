/** Reads one header of an answer, by its name in small letters; null where it is not there. */
type HeaderReader = (name: string) => string | null;

/**
 * Milliseconds that a provider asks to be left alone after it refused a call, or null where it names no time.
 * Sources: RFC 9110 (retry-after), platform.openai.com and platform.claude.com, rate limits; google.rpc.RetryInfo.
 * @param body the error's own text
 * @param now milliseconds since 1970, for a moment that a server names without telling its own `date`
 */
export function namedWait(header: HeaderReader, body: string, now: number): number | null {
  return headerWait(header, now) ?? textWait(body);
}

/** What the headers alone say. */
export function headerWait(header: HeaderReader, now: number): number | null {
  return (
    positive(Number(header("retry-after-ms") ?? Number.NaN)) ??
    retryAfter(header, now) ??
    resetWait(header, now)
  );
}

function retryAfter(header: HeaderReader, now: number): number | null {
  const value = header("retry-after");
  if (value === null || value.trim() === "") return null;
  const seconds = Number(value);
  return positive(Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - serverNow(header, now));
}

/** A moment is counted from the server's own clock where it tells it: the one here may be wrong by a day. */
function serverNow(header: HeaderReader, now: number): number {
  const told = Date.parse(header("date") ?? "");
  return Number.isFinite(told) ? told : now;
}

const buckets: readonly { remaining: string; reset: string }[] = [
  ...["requests", "tokens", "input-tokens", "output-tokens"].map((kind) => ({
    remaining: `anthropic-ratelimit-${kind}-remaining`,
    reset: `anthropic-ratelimit-${kind}-reset`,
  })),
  ...["requests", "tokens"].map((kind) => ({
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
  })),
];

/** When the last of the limits that are used up is renewed. A limit with something left is not what refused the call. */
function resetWait(header: HeaderReader, now: number): number | null {
  const used = buckets.filter(({ remaining }) => Number(header(remaining) ?? Number.NaN) <= 0);
  const waits = [...used.map(({ reset }) => header(reset)), unifiedReset(header)].flatMap((value) => {
    const wait = value === null ? null : timeLeft(value, serverNow(header, now));
    return wait === null ? [] : [wait];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

/** A subscription has one limit for everything, in seconds since 1970. */
function unifiedReset(header: HeaderReader): string | null {
  return header("anthropic-ratelimit-unified-status") === "rejected"
    ? header("anthropic-ratelimit-unified-reset")
    : null;
}

/** A moment (RFC 3339, or seconds since 1970) or a span (`6m0s`). */
function timeLeft(value: string, now: number): number | null {
  const span = spanMs(value.trim());
  if (span !== null) return span;
  const seconds = Number(value);
  return positive((Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value)) - now);
}

/** Google's `retryDelay`, or words such as "try again in 1m12.5s". */
export function textWait(body: string): number | null {
  const delay = /"retryDelay":\s*"(\d{1,9}(?:\.\d{1,9})?)s"/.exec(body)?.[1];
  if (delay !== undefined) return Number(delay) * 1000;
  const span = /\b(?:try again|retry) in ((?:\d{1,9}(?:\.\d{1,9})?(?:ms|d|h|m|s))+)(?!\w)/i.exec(body)?.[1];
  return span === undefined ? null : spanMs(span);
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20s`, `1m12.5s`, `6ms`, `7h3m`. */
function spanMs(text: string): number | null {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|d|h|m|s))+$/i.test(text)) return null;
  const parts = text.matchAll(/([\d.]+)(ms|d|h|m|s)/gi);
  return [...parts].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (unitMs[unit.toLowerCase()] ?? 0),
    0,
  );
}

function positive(ms: number): number | null {
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
