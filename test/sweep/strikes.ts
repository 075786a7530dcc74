import type { Effect } from "../../src/sys/failpoint.ts";
import { type DiskCode, writesToDisk } from "../support/failpoint-error.ts";
import type { Address, Signal, Strike } from "../support/failpoints.ts";
import { upTo } from "./chance.ts";

export function killAt(at: Address): Strike {
  return { at, mode: "kill" };
}

/** The addresses at which a disk can fail. */
export function diskAddresses(addresses: readonly Address[]): Address[] {
  return addresses.filter((address) => writesToDisk(nameOf(address).split(":")[0] as Effect));
}

/** One of each effect and side, by chance. */
export function oneOfEach(addresses: readonly Address[], chance: () => number): Address[] {
  const byName = Map.groupBy(addresses, nameOf);
  return [...byName.values()].map((same) => same[upTo(same.length, chance) - 1] ?? "");
}

export function failAt(at: Address, code: DiskCode): Strike {
  return { at, mode: "error", code };
}

function nameOf(address: Address): string {
  return address.split("#")[0] ?? "";
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
