import { firstUsefulLine } from "../core/first-useful-line.ts";
import type { GateProof, ProofOutcome } from "../core/gate-proof.ts";
import { plainLine } from "../core/plain-text.ts";
import type { GateSpec } from "../core/run-settings.ts";
import type { GateVerdict } from "../core/verdict.ts";
import { fill, widest, wrap } from "./fit.ts";
import { formatTook } from "./format.ts";
import { createPaint, type Tone } from "./paint.ts";

type Look = { width: number; colors: boolean };
type Row = { word: string; tone: Tone; name: string; ms: number; command: string; details: string[] };

const verdictWords: Record<GateVerdict["type"], { word: string; tone: Tone }> = {
  passed: { word: "green", tone: "good" },
  failed: { word: "RED", tone: "bad" },
  broken: { word: "BROKEN", tone: "bad" },
  empty: { word: "EMPTY", tone: "bad" },
};

/** What each gate says of a commit, a line each, with what to look at first under what is not green. */
export function renderGates(
  { verdicts, specs }: { verdicts: readonly GateVerdict[]; specs: readonly GateSpec[] },
  look: Look,
): string {
  const rows = verdicts.map((verdict) => {
    const { gate, ms, command, type } = verdict;
    const quick = specs.find(({ name }) => name === gate)?.affected;
    const first = quick === undefined ? [] : [`on a worker's commit first: ${quick}`];
    const details = type === "passed" ? [] : [firstUsefulLine(verdict), verdict.log];
    return { ...verdictWords[type], name: gate, ms, command, details: [...first, ...details] };
  });
  return renderRows(rows, look);
}

const proofWords: Record<ProofOutcome["type"], { word: string; tone: Tone }> = {
  proven: { word: "proven", tone: "good" },
  "stayed-green": { word: "NOT PROVEN", tone: "bad" },
  "red-before": { word: "RED BEFORE", tone: "bad" },
  unplanted: { word: "UNPLANTED", tone: "bad" },
  unnamed: { word: "refused", tone: "ask" },
  "no-fault": { word: "unknown", tone: "ask" },
};

/** What `agentx gates --prove` has shown, a line for each gate and sort of fault. */
export function renderProofs(proofs: readonly GateProof[], look: Look): string {
  const rows = proofs.map(({ gate, about, ms, command, outcome }) => ({
    ...proofWords[outcome.type],
    name: about === "" ? gate : `${gate}: ${about}`,
    ms,
    command,
    details: sayOutcome(gate, outcome),
  }));
  return renderRows(rows, look);
}

function sayOutcome(gate: string, outcome: ProofOutcome): string[] {
  switch (outcome.type) {
    case "proven":
      return [`refused ${outcome.fault}`];
    case "stayed-green":
      return [`stayed green with ${outcome.tried.join("; with ")}: it holds nothing back`];
    case "red-before":
      return [`not green to begin with (${outcome.reason}): agentx gates says more`];
    case "unplanted":
      return [outcome.reason];
    case "unnamed":
      return [`not green with ${outcome.fault} (${outcome.reason}), but its output does not name it`];
    case "no-fault":
      return [
        `no fault is known for this gate: gates.${gate}.prove in agentx.yaml may be a command that plants one`,
      ];
  }
}

const widestName = 34;

function renderRows(rows: readonly Row[], { width, colors }: Look): string {
  const paint = createPaint(colors);
  const words = widest(rows.map(({ word }) => word));
  const names = widest(
    rows.map(({ name }) => plainLine(name)),
    widestName,
  );
  const indent = " ".repeat(words + 2);
  const room = Math.max(20, width - indent.length);
  return rows
    .flatMap(({ word, tone, name, ms, command, details }) => {
      const start = `${fill(plainLine(name), names)}  ${formatTook(ms)}  ${plainLine(command)}`;
      const [first = "", ...more] = wrap(start, room);
      const rest = details.filter((line) => line !== "").flatMap((line) => wrap(plainLine(line), room));
      return [
        `${paint[tone](fill(word, words))}  ${first}`,
        ...[...more, ...rest].map((line) => indent + line),
      ];
    })
    .join("\n");
}
