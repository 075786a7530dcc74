import type { Address, Signal, Strike } from "../support/failpoints.ts";
import { upTo } from "./chance.ts";

export function killAt(at: Address): Strike {
  return { at, mode: "kill" };
}

const signals: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Kills and signals, three to two, spread over a whole run: each comes when the run has got a little further, so that it ends
 * however many there are. A signal comes once or twice.
 */
export function strikesAlong(count: number, chance: () => number): Strike[] {
  return Array.from({ length: count }, () => {
    const place = { appends: upTo(4, chance), points: upTo(18, chance) };
    if (chance() < 0.6) return { ...place, mode: "kill" };
    const signal = signals[upTo(signals.length, chance) - 1] ?? "SIGINT";
    return { ...place, mode: "signal", signal, twice: chance() < 0.7 };
  });
}

/** A kill somewhere, and another while the run is taken up again or soon after. */
export function killTwice(addresses: readonly Address[], chance: () => number): Strike[] {
  const first = addresses[upTo(addresses.length, chance) - 1] ?? "";
  return [killAt(first), { appends: 0, points: upTo(90, chance), mode: "kill" }];
}
