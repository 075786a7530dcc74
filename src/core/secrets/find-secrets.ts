import { ownProbes } from "./own-forms.ts";
import { patternProbes } from "./pattern-probe.ts";
import { createScan } from "./scan-probes.ts";
import { secretPatterns } from "./secret-patterns.ts";
import type { OwnSecret, Probe, SecretPlace } from "./secret-place.ts";

export type FindSecrets = (text: string) => SecretPlace[];

let ofCommonForm: Probe[] | null = null;

/** The run's own secrets in every form of `ownProbes`, and what looks like anybody's. Linear in the text. */
export function createSecretFinder({ own }: { own: readonly OwnSecret[] }): FindSecrets {
  // Made when first needed: who looks for the own alone starts sooner.
  ofCommonForm ??= secretPatterns.flatMap(patternProbes);
  return createScan([...own.flatMap(ownProbes), ...ofCommonForm]);
}

/** The run's own secrets alone: for text that a worker works with, where an example of a key must stay what it is. */
export function createOwnFinder({ own }: { own: readonly OwnSecret[] }): FindSecrets {
  return createScan(own.flatMap(ownProbes));
}
