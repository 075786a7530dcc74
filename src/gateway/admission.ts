import type { AttemptFailure } from "../core/event.ts";
import { addCall, noUsage, type Spend } from "../core/usage.ts";
import { createBell, heartbeatMs, pulseMs } from "./bell.ts";
import type { GatewayOptions, SessionOptions } from "./gateway.ts";
import { budgetSpent, limitReached } from "./limit-reached.ts";

/** What one session has used, and what it may use. */
export type Account = Pick<SessionOptions, "limits" | "usdLeft"> & {
  /** Calls that were answered. */
  turns: number;
  spend: Spend;
};

/** The most that a call is thought to use; `usd` is 0 where the price is not known. */
export type Estimate = { tokens: number; usd: number };

type Candidate = { account: Account; estimate: Estimate };

export type Admission = {
  /**
   * Waits until the call may be passed on, however the calls in flight may turn out: what is spent and what they are
   * thought to spend stays below every limit, so a limit is passed by one call at most. Throws the signal's reason.
   */
  admit: (
    candidate: Candidate & { signal: AbortSignal; tell: (text: string) => void },
  ) => Promise<AttemptFailure | Ticket>;
};

/** `settle` once the account knows what the call used, or that it used nothing. */
export type Ticket = { settle: () => void };

/** One for all sessions of a run: they share its budget. */
export function createAdmission({ now, sleep }: Pick<GatewayOptions, "now" | "sleep">): Admission {
  const inFlight = new Set<Candidate>();
  const settled = createBell(sleep);
  return {
    admit: async ({ account, estimate, signal, tell }) => {
      signal.throwIfAborted();
      for (let toldAt = Number.NEGATIVE_INFINITY; ;) {
        const refusal = limitReached(account.limits, account) ?? budgetSpent(account.usdLeft());
        if (refusal) return refusal;
        if (hasRoom(account, inFlight)) break;
        if (now() - toldAt >= heartbeatMs) {
          tell("waits for other calls to end: little is left of a limit");
          toldAt = now();
        }
        await settled.wait(pulseMs, signal);
        tell("");
      }
      const candidate = { account, estimate };
      inFlight.add(candidate);
      return {
        settle: () => {
          if (inFlight.delete(candidate)) settled.ring();
        },
      };
    },
  };
}

function hasRoom(account: Account, inFlight: ReadonlySet<Candidate>): boolean {
  const own = [...inFlight].filter((other) => other.account === account);
  const thought = own.reduce(
    (spend, { estimate: { tokens, usd } }) => addCall(spend, { ...noUsage, inputTokens: tokens }, usd),
    account.spend,
  );
  if (limitReached(account.limits, { turns: account.turns + own.length, spend: thought })) return false;
  const usdLeft = account.usdLeft();
  const committed = [...inFlight].reduce((sum, { estimate }) => sum + estimate.usd, 0);
  return usdLeft === null || committed < usdLeft;
}
