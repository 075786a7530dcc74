import type { VendorSetup } from "../../programs/guest-setups.ts";

/** One line of the tables. */
export type Entry = { name: string; setup: VendorSetup };

/** Calls `measure` for one after the other and says on stderr where it is. */
export async function eachEntry<T>(
  entries: readonly Entry[],
  { what, measure }: { what: string; measure: (setup: VendorSetup) => Promise<T> },
): Promise<Map<Entry, T>> {
  const found = new Map<Entry, T>();
  for (const entry of entries) {
    const begun = performance.now();
    found.set(entry, await measure(entry.setup));
    process.stderr.write(`${what}: ${entry.name}, ${Math.round(performance.now() - begun)} ms\n`);
  }
  return found;
}

/** The value for the built-in loop with the same vendor's model. */
export function baselineOf<T>(found: ReadonlyMap<Entry, T>, { setup }: Entry): T {
  for (const [entry, value] of found)
    if (entry.setup.agent === "api" && entry.setup.vendor === setup.vendor) return value;
  throw new Error(`the built-in loop was not measured with ${setup.vendor}`);
}
