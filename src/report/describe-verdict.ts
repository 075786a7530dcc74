import type { Flag } from "../core/flag.ts";
import { plainLine } from "../core/plain-text.ts";
import { type Finding, type GateVerdict, type ReviewVerdict, blocksMerge, isGreen } from "../core/verdict.ts";
import { type Independence, independenceOf, type Reviewer, reviewerName } from "./describe-reviewer.ts";
import { counted, formatTook, listed, shortModel } from "./format.ts";

/** `gates green: types, test (3.2s)` or `gates red: test (exit 1)`. */
export function describeGates(verdicts: readonly GateVerdict[]): string {
  if (verdicts.length === 0) return "no gates";
  if (isGreen(verdicts)) return `gates green: ${verdicts.map(describeGreen).join(", ")}`;
  const green = verdicts.filter(({ type }) => type === "passed");
  // Whether that holds a change back depends on the base, which may have no tests either.
  if (notGreen(verdicts).every(({ type }) => type === "empty")) {
    const others = green.length === 0 ? "" : `; green: ${green.map(describeGreen).join(", ")}`;
    return `no tests ran in ${listed(notGreen(verdicts).map(({ gate }) => gate))}${others}`;
  }
  return `gates red: ${notGreen(verdicts).map(describeRed).join(", ")}`;
}

/** `2 found that may weaken how it is judged: test-deleted, skipped`. */
export function describeFlags(flags: readonly Flag[]): string {
  const kinds = [...new Set(flags.map(({ kind }) => kind))];
  return `${flags.length} found that may weaken how it is judged: ${listed(kinds, 9)}`;
}

/** One gate on its own: `test passed in 3.2s`, `test failed (exit 1)`, `test could not run: …`. */
export function describeGate(verdict: GateVerdict): string {
  const gate = plainLine(verdict.gate);
  if (verdict.type === "failed") return `${gate} failed (exit ${verdict.exitCode})`;
  if (verdict.type === "broken") return `${gate} could not run: ${plainLine(verdict.reason)}`;
  if (verdict.type === "empty") return `${gate} says nothing: ${plainLine(verdict.reason)}`;
  return verdict.cached
    ? `${gate} passed before on the same tree`
    : `${gate} passed in ${formatTook(verdict.ms)}`;
}

export function notGreen(verdicts: readonly GateVerdict[]): GateVerdict[] {
  return verdicts.filter((verdict) => verdict.type !== "passed");
}

function describeGreen({ gate, cached, ms }: GateVerdict): string {
  return `${plainLine(gate)} ${cached ? "(cached)" : `(${formatTook(ms)})`}`;
}

function describeRed(verdict: GateVerdict): string {
  const why =
    verdict.type === "failed"
      ? `exit ${verdict.exitCode}`
      : verdict.type === "empty"
        ? "no tests ran"
        : "could not run";
  return `${plainLine(verdict.gate)} (${why})`;
}

const asides: Readonly<Record<Independence, string>> = {
  "no model": " (a command that asks no model)",
  "other model": "",
  "same model": " (same model as the worker)",
  "same program": " (same program as the worker, models not known)",
  "not known": " (not known whether another model than the worker)",
};

/** `approved by gpt-5: 2 findings`. */
export function describeReview(verdict: ReviewVerdict, by: Reviewer): string {
  const model = `${shortModel(reviewerName(by))}${asides[independenceOf(by)]}`;
  if (verdict.type === "missing") return `no verdict from ${model}: ${plainLine(verdict.reason)}`;
  const word = verdict.type === "approved" ? "approved" : "sent back";
  const findings = verdict.findings.length === 0 ? "" : `: ${counted(verdict.findings.length, "finding")}`;
  return `${word} by ${model}${findings}`;
}

/** `blocking src/a.ts:14 the token is never checked`. */
export function describeFinding({ severity, file, line, title }: Finding): string {
  return `${severity} ${findingPlace({ file, line })} ${plainLine(title)}`;
}

export function findingPlace({ file, line }: Pick<Finding, "file" | "line">): string {
  return line > 0 ? `${plainLine(file)}:${line}` : plainLine(file);
}

/** What sends work back comes first. */
export function byWeight(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => Number(blocksMerge(b)) - Number(blocksMerge(a)));
}
