/** What one gate said of one tree. A gate that could not run is broken, and one that ran nothing is empty: neither is green. */
export type GateVerdict = { gate: string; command: string; ms: number; cached: boolean } &
  /** `tests` is how many ran, where the output says so; journals from before it was read have none. */
  (
    | { type: "passed"; tests?: number }
    | { type: "failed"; exitCode: number; excerpt: string; log: string }
    | { type: "broken"; reason: string; excerpt: string; log: string }
    | { type: "empty"; reason: string; excerpt: string; log: string }
  );

/** The name under which a failed set-up stands among the verdicts: where nothing is installed, no gate can say anything. */
export const setUpGate = "setup";

export function isGreen(verdicts: readonly GateVerdict[]): boolean {
  return verdicts.every((verdict) => verdict.type === "passed");
}

export const severities = ["blocking", "major", "minor", "note"] as const;
export type Severity = (typeof severities)[number];

/** One objection of a review. */
export type Finding = {
  severity: Severity;
  /** 0 to 100. */
  confidence: number;
  file: string;
  /** 1-based; 0 when the finding is about the whole file. */
  line: number;
  /** The words of the diff that it is about. */
  quote: string;
  title: string;
  why: string;
};

/** Blocking findings always go back; major ones when the reviewer is at least this sure. */
const majorConfidence = 70;

export function blocksMerge(finding: Finding): boolean {
  return (
    finding.severity === "blocking" || (finding.severity === "major" && finding.confidence >= majorConfidence)
  );
}

/** What a review said. No verdict is no approval. */
export type ReviewVerdict =
  | { type: "approved"; findings: Finding[]; summary: string }
  | { type: "rejected"; findings: Finding[]; summary: string }
  | { type: "missing"; reason: string };

/** A review that gives no verdict is tried this often before the person is asked. */
export const maxReviewRounds = 2;
