import { createHash } from "node:crypto";
import type { Flag } from "../../core/flag.ts";
import { plainLine } from "../../core/plain-text.ts";
import type { GateSpec } from "../../core/run-settings.ts";
import { type FileTexts, readChange } from "./changed-file.ts";
import { findBadlyResolved, type Resolution } from "./find-badly-resolved.ts";
import { findWeakCi } from "./find-ci.ts";
import { findLoosenedCompiler } from "./find-compiler.ts";
import { findLoweredCoverage } from "./find-coverage.ts";
import { findDeletedTests } from "./find-deleted-tests.ts";
import { findEarlyExits } from "./find-exits.ts";
import { findHollow } from "./find-hollow.ts";
import { findLoosenedLint } from "./find-lint.ts";
import { findProtected } from "./find-protected.ts";
import { findWeakScripts } from "./find-scripts.ts";
import { findSkips } from "./find-skips.ts";
import { findRewrittenSnapshots } from "./find-snapshots.ts";
import { findSuppressions } from "./find-suppressions.ts";
import type { Found } from "./finding.ts";

/** What the worker changed: a diff by git without renames, and the texts of the changed files. */
export type FlagInput = {
  diff: string;
  files: readonly FileTexts[];
  gates: readonly GateSpec[];
  /** What the change's own merges made of files that both sides had changed. */
  resolutions: readonly Resolution[];
};

/** Everything in a change that may weaken how it is judged. It reads words, not minds: each may have a good reason. */
export function findFlags({ diff, files, gates, resolutions }: FlagInput): Flag[] {
  const change = readChange(diff, files);
  const weakened = [
    findDeletedTests,
    findSkips,
    findHollow,
    findWeakScripts,
    findLoosenedCompiler,
    findLoosenedLint,
    findLoweredCoverage,
    findWeakCi,
    findEarlyExits,
    findSuppressions,
    findRewrittenSnapshots,
  ].flatMap((find) => find(change));
  return [...findBadlyResolved(resolutions), ...weakened, ...findProtected(change, gates)].map(toFlag);
}

function toFlag({ about = "", ...found }: Found): Flag {
  const { kind, file, quote } = found;
  const id = createHash("sha256")
    .update(JSON.stringify([kind, file, quote, about]))
    .digest("hex")
    .slice(0, 16);
  return { ...found, quote: plainLine(quote), id };
}
