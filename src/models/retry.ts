import { ModelError, type Model, type ModelReply, type ModelRequest } from "./model.ts";

export type RetryOptions = {
  /** Calls in all, the first included. */
  tries: number;
  /** Throws the signal's reason when it is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random: () => number;
};

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** How often a wait gives a sign of life: more often than anybody's patience ends. */
const pulseMs = 1_000;
/** Who asks for more is out of reach: another model may be tried sooner, and the worker need not sit there meanwhile. */
const patienceMs = 60_000;

/** Calls again when a call fails in a way that passes by itself, and says so through onProgress. */
export function withRetry(model: Model, options: RetryOptions): Model {
  return { id: model.id, call: (request) => callWithRetry(model, request, options) };
}

async function callWithRetry(
  model: Model,
  request: ModelRequest,
  options: RetryOptions,
): Promise<ModelReply> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await model.call(request);
    } catch (error) {
      if (!(error instanceof ModelError) || !isWorthWaiting(error) || failures >= options.tries) throw error;
      const waitMs = waitAfter(failures, error.retryAfterMs, options.random());
      request.onProgress(`${reasons[error.kind] ?? error.message}, next try in ${seconds(waitMs)} s`);
      await waitAloud(waitMs, request, options);
    }
  }
}

/** A wait gives signs of life, or whoever watches for a stall would take it for one. */
async function waitAloud(waitMs: number, request: ModelRequest, { sleep }: RetryOptions): Promise<void> {
  for (let left = waitMs; left > 0; left -= pulseMs) {
    await sleep(Math.min(left, pulseMs), request.signal);
    request.onProgress("");
  }
}

function isWorthWaiting(error: ModelError): boolean {
  return error.isTransient && (error.retryAfterMs ?? 0) <= patienceMs;
}

const reasons: Partial<Record<ModelError["kind"], string>> = {
  "rate-limit": "rate limited",
  overloaded: "provider overloaded",
  network: "connection failed",
  truncated: "answer cut short",
};

/**
 * Milliseconds before the next try: what the provider asks for at the least, and doubling on its own, with jitter
 * so that workers that failed together do not come back together.
 * @param failures 1 after the first
 * @param random from 0 up to 1
 */
export function waitAfter(failures: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs !== null) return retryAfterMs + random * firstWaitMs;
  const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1));
  return longest / 2 + (random * longest) / 2;
}

function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}
