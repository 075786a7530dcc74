import type { IncomingMessage, ServerResponse } from "node:http";
import type { AttemptFailure } from "../core/event.ts";
import type { Limits } from "../core/run-settings.ts";
import type { Usage } from "../core/usage.ts";
import type { GatewayModel, KnownPaths, Upstream } from "./upstream.ts";

export type GatewayOptions = {
  upstream: Upstream;
  /** US dollars, or null where the price is not known. */
  priceOf: (modelId: string, usage: Usage) => Promise<number | null>;
  /** Milliseconds on a clock that does not jump. */
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random: () => number;
};

export type MeteredCall = { model: string; usage: Usage; usd: number | null; ms: number };

export type SessionOptions = {
  /** Where it listens: a unix socket for a sandbox, or a free port of 127.0.0.1 for this process itself. */
  listen: { type: "socket"; path: string } | { type: "loopback" };
  label: string;
  /** Handed on with every call. */
  paths?: KnownPaths | undefined;
  models: readonly GatewayModel[];
  limits: Pick<Limits, "turns" | "tokens" | "usd">;
  usdLeft: () => number | null;
  ready: () => Promise<void>;
  onCall: (call: MeteredCall) => void;
  onProgress: (text: string) => void;
  /** Whether the vendor may look things up in the web for this worker. */
  web: boolean;
  /** What was taken out of calls, each name once. */
  onWithheld: (names: readonly string[]) => void;
  handle: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** `retryAfterMs` is how long the vendor wants to be left alone, where it says so. */
type LastFailure = { model: string; status: number | null; message: string; retryAfterMs: number | null };

export type GatewaySession = {
  /** `http://127.0.0.1:<port>/<token>` for loopback, so that only who is told can use it; empty for a socket. */
  url: string;
  refusal: () => AttemptFailure | null;
  lastFailure: () => LastFailure | null;
  calls: () => number;
  close: () => Promise<void>;
};

/** All sessions of a run share the pauses after rate limits and the run's budget. */
export type Gateway = { open: (options: SessionOptions) => Promise<GatewaySession> };
