import { firstUsefulLine } from "../core/first-useful-line.ts";
import type { EventOf, RunEvent } from "../core/event.ts";
import type { Flag } from "../core/flag.ts";
import { blocksMerge, type Finding, type GateVerdict, type ReviewVerdict } from "../core/verdict.ts";
import { type Independence, independenceOf, reviewerName } from "./describe-reviewer.ts";
import { describeGate, findingPlace } from "./describe-verdict.ts";
import { listed, shortCommit } from "./format.ts";
import { mdCode, mdText } from "./markdown.ts";

/** What gates, reviewers and the merge queue said of each task, in the order in which they said it. */
export function renderTaskSections({ events }: { events: readonly RunEvent[] }): string {
  const lines = new Map<string, string[]>();
  for (const event of events) {
    if (!("task" in event) || event.task === null) continue;
    const said = renderStep(event);
    if (said.length > 0) lines.set(event.task, [...(lines.get(event.task) ?? []), ...said]);
  }
  return [...lines].map(([task, said]) => `### ${mdCode(task)}\n\n${said.join("\n")}`).join("\n\n");
}

function renderStep(event: RunEvent): string[] {
  switch (event.type) {
    case "attempt.started":
      return [`- Attempt ${event.attempt}${howItBegins(event)}`];
    case "model.left":
      return [`  - ${mdText(event.reason)}; ${mdCode(event.next)} took over`];
    case "tools.withheld":
      return [`  - not passed on to the model's vendor: ${mdText(event.names.join(", "))}`];
    case "attempt.failed":
      return [`  - stopped (${event.failure.kind}): ${mdText(event.failure.reason)}`];
    case "gates.finished":
      return event.verdicts.map((verdict) =>
        renderGate(verdict, event.affected === true ? "quick look" : gatesOn[event.on]),
      );
    case "gates.compared": {
      const where = `gate with the base's ${mdText(listed(event.files, 4))}`;
      return event.verdicts.map((verdict) => renderGate(verdict, where));
    }
    case "change.flagged":
      return [`  - agentx found, in ${mdCode(shortCommit(event.commit))}:`, ...event.flags.map(renderFlag)];
    case "review.finished":
      return renderReview(event);
    case "merge.conflicted":
      return [`  - conflict in ${mdText(listed(event.files, 9))}`];
    default:
      return [];
  }
}

function renderFlag({ kind, file, line, why, quote }: Flag): string {
  const said = quote === "" ? "" : `: ${mdCode(quote)}`;
  return `    - **${kind}** ${mdCode(findingPlace({ file, line }))} ${mdText(why)}${said}`;
}

function howItBegins({ role, assignment }: EventOf<"attempt.started">): string {
  if (assignment.type === "answer" && assignment.after === null) return " goes on, answered";
  return role === "resolve" ? ", resolving a conflict" : "";
}

const gatesOn = { task: "gate", merge: "gate on the merged tree" } as const;

function renderGate(verdict: GateVerdict, where: string): string {
  const line = firstUsefulLine(verdict);
  const first = line === "" ? "" : `: ${mdCode(line)}`;
  const log = verdict.type === "passed" || verdict.log === "" ? "" : ` (all of it: ${mdCode(verdict.log)})`;
  return `  - ${where}: ${mdText(describeGate(verdict))}${first}${log}`;
}

const verdictWords: Readonly<Record<ReviewVerdict["type"], string>> = {
  approved: "approved",
  rejected: "sent back",
  missing: "no verdict, which is no approval",
};

const independences: Readonly<Record<Independence, string>> = {
  "no model": "a command that asks **no model**",
  "other model": "another model than the worker",
  "same model": "the **same model** as the worker",
  "same program": "the **same program** as the worker; which models they took is not known",
  "not known": "it is not known whether it is another model than the worker",
};

function renderReview({ verdict, ...by }: EventOf<"review.finished">): string[] {
  const who = `${mdCode(reviewerName(by))} (${independences[independenceOf(by)]})`;
  const text = verdict.type === "missing" ? verdict.reason : verdict.summary;
  const findings = verdict.type === "missing" ? [] : verdict.findings.map(renderFinding);
  return [`  - review by ${who}: ${verdictWords[verdict.type]}. ${mdText(text)}`.trimEnd(), ...findings];
}

function renderFinding(finding: Finding): string {
  const weight = blocksMerge(finding) ? `**${finding.severity}**` : finding.severity;
  const head = `${weight} (${finding.confidence} % sure) ${mdCode(findingPlace(finding))} ${mdText(finding.title)}`;
  return `    - ${head}${finding.why === "" ? "" : `: ${mdText(finding.why)}`}`;
}
