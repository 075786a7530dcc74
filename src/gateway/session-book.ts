import type { AttemptFailure } from "../core/event.ts";
import { noSpend } from "../core/usage.ts";
import type { Account } from "./admission.ts";
import type { GatewaySession, SessionOptions } from "./gateway.ts";

/** What is known of one session so far. */
export type SessionBook = {
  account: Account;
  /** Once set it stays: the attempt is over. */
  refusal: AttemptFailure | null;
  lastFailure: ReturnType<GatewaySession["lastFailure"]>;
  /** Model calls that were passed on. */
  calls: number;
  /** What was taken out of its calls and told. */
  withheld: Set<string>;
};

export function openBook({ limits, usdLeft }: SessionOptions): SessionBook {
  return {
    account: { limits, usdLeft, turns: 0, spend: noSpend },
    refusal: null,
    lastFailure: null,
    calls: 0,
    withheld: new Set(),
  };
}
