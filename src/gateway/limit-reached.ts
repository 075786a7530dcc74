import type { AttemptFailure } from "../core/event.ts";
import { totalTokens, type Spend } from "../core/usage.ts";
import type { SessionOptions } from "./gateway.ts";

export type Used = { turns: number; spend: Spend };

/** The limit that forbids another model call, or null, in the words of the built-in loop. */
export function limitReached(
  limits: SessionOptions["limits"],
  { turns, spend }: Used,
): AttemptFailure | null {
  if (turns >= limits.turns) {
    return reached(
      `the attempt used all of its ${limits.turns} turns`,
      "split the task, or raise limits.turns",
    );
  }
  const tokens = totalTokens(spend.usage);
  if (limits.tokens !== null && tokens >= limits.tokens) {
    return reached(
      `the attempt used ${tokens} of ${limits.tokens} tokens`,
      "split the task, or raise limits.tokens",
    );
  }
  if (limits.usd !== null && spend.usd >= limits.usd) {
    return reached(
      `the attempt cost $${spend.usd.toFixed(2)} of $${limits.usd.toFixed(2)}`,
      "split the task, or raise the budget",
    );
  }
  return null;
}

/** @param usdLeft of the run; null without a budget */
export function budgetSpent(usdLeft: number | null): AttemptFailure | null {
  return usdLeft !== null && usdLeft <= 0 ? reached("the run's budget is spent", "raise the budget") : null;
}

function reached(reason: string, hint: string): AttemptFailure {
  return { kind: "limit", reason, hint };
}
