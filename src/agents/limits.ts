import type { AttemptFailure } from "../core/event.ts";
import type { Limits } from "../core/run-settings.ts";
import { addCall, noSpend, totalTokens, type Spend } from "../core/usage.ts";
import type { ModelCall } from "./agent.ts";
import { tooLate } from "./vigil.ts";

/** With this many turns left the model is told to come to an end. */
const wrapUpTurns = 2;

/** What one `work` has used up. Turns are counted in the conversation instead, so they outlive the process. */
export type Meter = { spend: () => Spend; add: (call: ModelCall) => void };

export function createMeter(): Meter {
  let spend = noSpend;
  return {
    spend: () => spend,
    add: ({ usage, usd }) => {
      spend = addCall(spend, usage, usd);
    },
  };
}

export type Used = { turns: number; spend: Spend; ms: number };

/** The limit that forbids another model call, or null. A call may pass a limit by what it uses itself, never by more. */
export function limitReached(limits: Limits, used: Used): AttemptFailure | null {
  if (used.turns >= limits.turns) {
    return reached(
      `the attempt used all of its ${limits.turns} turns`,
      "split the task, or raise limits.turns",
    );
  }
  const tokens = totalTokens(used.spend.usage);
  if (limits.tokens !== null && tokens >= limits.tokens) {
    return reached(
      `the attempt used ${tokens} of ${limits.tokens} tokens`,
      "split the task, or raise limits.tokens",
    );
  }
  if (limits.usd !== null && used.spend.usd >= limits.usd) {
    return reached(
      `the attempt cost $${used.spend.usd.toFixed(2)} of $${limits.usd.toFixed(2)}`,
      "split the task, or raise the budget",
    );
  }
  return used.ms >= limits.ms ? tooLate(limits.ms) : null;
}

function reached(reason: string, hint: string): AttemptFailure {
  return { kind: "limit", reason, hint };
}

/** What the model is told when few turns are left; null at any other time. */
export function wrapUpNotice(limits: Limits, turns: number): string | null {
  if (turns === 0 || limits.turns - turns !== wrapUpTurns) return null;
  return `Only ${wrapUpTurns} turns are left. Bring the work to a state that holds and hand it over; say in the note what is missing.`;
}
