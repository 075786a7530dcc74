import type { Fault, ServerTurn } from "../model-server/types.ts";
import { finishes, writes } from "./turns.ts";

export type FaultCase = {
  /** What goes wrong; also the task's id. */
  id: string;
  /** What the model says to the task's requests, over all attempts; the last again and again. */
  turns: (ServerTurn | ((nth: number) => ServerTurn))[];
  /** Merged, or a question of the task that says this. */
  ends: "merged" | RegExp;
  /** Requests that were made for the task's worker in all. */
  requests: number;
  attempts: number;
};

const good: ServerTurn = writes({ "ID.txt": "done\n" });
const end: ServerTurn = finishes();
const long = "I take my time with every word of this. ".repeat(8);
const status = (code: number, retryAfter?: number): Fault => ({
  type: "status",
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

/** One bad answer, then good ones: one request more, and the same attempt. */
const once = (id: string, bad: ServerTurn): FaultCase => ({
  id,
  turns: [bad, good, end],
  ends: "merged",
  requests: 3,
  attempts: 1,
});

const quota: Fault = {
  type: "status",
  status: 429,
  code: "insufficient_quota",
  message: "the hour is over",
  retryAfter: 1,
};

export const turnLimit = 10;

/** What passes, or is one task's own trouble, so that many of them fit into one run. */
export const faultCases: FaultCase[] = [
  once("rate-limit-that-names-its-end", { fault: status(429, 1) }),
  once("rate-limit", { fault: status(429) }),
  once("error-500", { fault: status(500) }),
  once("error-503", { fault: status(503) }),
  once("error-529", { fault: status(529) }),
  once("reset", { fault: { type: "reset" } }),
  once("cut-in-an-event", { ...good, fault: { type: "cut", afterBytes: 250 } }),
  once("early-end", { ...good, fault: { type: "early-end" } }),
  once("error-in-the-stream", { ...good, fault: { type: "stream-error", message: "on fire" } }),
  once("malformed-arguments", { ...good, rawArguments: '{"path": ' }),
  once("unknown-tool", { call: { tool: "teleport" } }),
  once("odd-tool", { call: { tool: "delete it!" } }),
  once("megabyte", writes({ "ID.txt": "x".repeat(1024 * 1024) })),
  once("duplicate-ids", { calls: [{ tool: "list" }, { tool: "read", path: "readme.md" }], callId: "same" }),
  once("empty-once", { say: "" }),
  {
    id: "drip",
    turns: [{ ...good, say: long, pauseMs: 3_000 }, end],
    ends: "merged",
    requests: 2,
    attempts: 1,
  },
  {
    id: "silence-once",
    turns: [{ fault: { type: "hang", afterBytes: 0 } }, good, end],
    ends: "merged",
    requests: 3,
    attempts: 2,
  },
  {
    id: "quota-that-names-its-end",
    turns: [{ fault: quota }, good, end],
    ends: "merged",
    requests: 3,
    attempts: 1,
  },
  {
    id: "silence",
    turns: [{ fault: { type: "hang", afterBytes: 60 } }],
    ends: /no sign of life from \S+ for 4 s/,
    requests: 2,
    attempts: 2,
  },
  {
    id: "refusal",
    turns: [{ say: "I would rather not.", stop: "refusal" }],
    ends: /the model declined: I would rather not\./,
    requests: 2,
    attempts: 2,
  },
  // Reminded twice in each attempt.
  { id: "empty", turns: [{ say: "" }], ends: /changed no file/, requests: 6, attempts: 2 },
  {
    id: "same-call",
    turns: [{ call: { tool: "list" } }],
    ends: /the same call \d+ times in a row: list/,
    requests: 16,
    attempts: 2,
  },
  {
    id: "harmless-calls",
    turns: [(nth) => ({ call: { tool: "search", pattern: `word${nth}` } })],
    ends: /used all of its 10 turns/,
    requests: turnLimit,
    attempts: 1,
  },
];

const answer: ServerTurn = { say: "Written." };

/** One bad answer and then a good one, to a program that makes one call and does not try again. */
const guestOnce = (id: string, bad: Fault, attempts: number): FaultCase => ({
  id: `guest-${id}`,
  turns: [{ ...answer, fault: bad }, answer],
  ends: "merged",
  requests: 2,
  attempts,
});

/** The same for a guest: the gateway tries again, so only silence costs an attempt. */
export const guestCases: FaultCase[] = [
  guestOnce("rate-limit-that-names-its-end", status(429, 1), 1),
  guestOnce("rate-limit", status(429), 1),
  guestOnce("error-503", status(503), 1),
  guestOnce("error-529", status(529), 1),
  guestOnce("reset", { type: "reset" }, 1),
  guestOnce("error-500", status(500), 1),
  guestOnce("cut-in-an-event", { type: "cut", afterBytes: 250 }, 1),
  guestOnce("early-end", { type: "early-end" }, 1),
  guestOnce("error-in-the-stream", { type: "stream-error", message: "on fire" }, 1),
  guestOnce("silence-once", { type: "hang", afterBytes: 0 }, 2),
  {
    id: "guest-silence",
    turns: [{ fault: { type: "hang", afterBytes: 60 } }],
    ends: /no sign of life from mine for 4 s/,
    requests: 2,
    attempts: 2,
  },
  {
    id: "guest-that-calls-for-ever",
    turns: [answer],
    ends: /used all of its 10 turns/,
    requests: turnLimit,
    attempts: 1,
  },
];

/** What no task can go on after: five calls, and the run asks. */
export const lastingFaults: Record<string, Fault> = {
  "rate-limit": status(429),
  "error-500": status(500),
  "error-529": status(529),
  reset: { type: "reset" },
  cut: { type: "cut", afterBytes: 250 },
  "early-end": { type: "early-end" },
};
