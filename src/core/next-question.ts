import type { Assignment } from "./event.ts";
import { firstUsefulLine } from "./first-useful-line.ts";
import { isGreenBase } from "./known-red.ts";
import { type Flag, flagLine } from "./flag.ts";
import { flagsToAsk } from "./flags-to-ask.ts";
import type { Question } from "./question.ts";
import { isSpent, openQuestions, type RunState, type TaskRecord } from "./run-state.ts";
import { inSentences } from "./sentences.ts";
import { maxReviewRounds, setUpGate } from "./verdict.ts";

/** The next thing that only the person can decide, or null. */
export function nextQuestion(run: RunState): Question | null {
  const id = run.questions.size + 1;
  const open = openQuestions(run);
  const isOpen = (kind: Question["kind"]): boolean => open.some((question) => question.kind === kind);
  if (run.phase === "baseline") {
    if (run.baseline.length === 0 || isGreenBase(run.baseline) || isOpen("baseline")) return null;
    return {
      id,
      kind: "baseline",
      task: null,
      text: baselineText(run),
      options: ["try again", "continue", "stop"],
      default: null,
    };
  }
  if (run.hold !== null && !isOpen("provider")) {
    const text = inSentences([run.hold.reason, run.hold.hint]).join("\n");
    return { id, kind: "provider", task: null, text, options: ["try again", "stop"], default: null };
  }
  if (isSpent(run) && !isOpen("budget") && hasWorkLeft(run)) {
    const text = `The run has spent $${run.spend.usd.toFixed(2)} of its budget of $${run.budgetUsd?.toFixed(2)}. Answer with a higher budget in dollars, or stop.`;
    return { id, kind: "budget", task: null, text, options: ["stop"], default: null };
  }
  for (const record of run.tasks.begun()) {
    if (record.state.type !== "held") continue;
    const text = flaggedText(record, flagsToAsk(run, record));
    const options = ["merge it", "send it back"];
    return { id, kind: "protected", task: record.task.id, text, options, default: null };
  }
  for (const record of run.tasks.begun()) {
    const text = stuckText(record);
    if (text === null) continue;
    return {
      id,
      kind: "attempts",
      task: record.task.id,
      text,
      options: ["try again", "give up"],
      default: null,
    };
  }
  return null;
}

function baselineText(run: RunState): string {
  const red = run.baseline.flatMap((verdict) => (verdict.type === "passed" ? [] : [verdict]));
  const isInstalled = red.every(({ gate }) => gate !== setUpGate);
  return [
    `Red before any change, on ${run.base.commit.slice(0, 10)}: ${red.map(({ gate }) => gate).join(", ")}.`,
    ...red.map(
      (verdict) => `${verdict.gate}: ${isInstalled ? firstUsefulLine(verdict) : lastLine(verdict.excerpt)}`,
    ),
    isInstalled
      ? "Continue, and these gates hold nothing back until they first turn green? Or stop, and mend the base first?"
      : "Try again once it can work; continue without installing anything; or stop, mend it or `setup:` in agentx.yaml, and dispatch anew.",
  ].join("\n");
}

/** What an installer fails of, it says last. */
function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

const mostFlags = 30;

function flaggedText({ task }: TaskRecord, flags: readonly Flag[]): string {
  const left = flags.length - mostFlags;
  return [
    `The change for "${task.title}" is approved, but it touches what it is judged by:`,
    ...flags.slice(0, mostFlags).map((flag) => `- ${flagLine(flag)}`),
    ...(left > 0 ? [`- and ${left} more: agentx log ${task.id}`] : []),
    "Merge it, or send it back with this list? Any other words go back to the worker with it.",
  ].join("\n");
}

function hasWorkLeft(run: RunState): boolean {
  const begun = run.tasks.begun();
  const isOn = begun.some(({ state }) => state.type === "pending" || state.type === "reviewing");
  return isOn || run.tasks.hasUntouched();
}

function stuckText(record: TaskRecord): string | null {
  const { state } = record;
  if (state.type === "reviewing" && state.round > maxReviewRounds) {
    return `The reviewer gave no verdict in ${maxReviewRounds} tries: ${record.stuck}`;
  }
  if (state.type !== "pending") return null;
  if (record.stuck !== "") return `Attempt ${record.attempts} stopped: ${record.stuck}`;
  if (record.attempts < record.allowance || state.next.type === "answer") return null;
  const tries = record.attempts === 1 ? "1 attempt" : `${record.attempts} attempts`;
  return `${tries} did not get "${record.task.title}" through. ${lastTrouble(state.next)} Answer with a hint, "try again" or "give up".`;
}

function lastTrouble(next: Assignment): string {
  switch (next.type) {
    case "gates":
    case "mergeGates": {
      const red = next.verdicts.flatMap((verdict) =>
        verdict.type === "passed" ? [] : [`${verdict.gate}: ${firstUsefulLine(verdict)}`],
      );
      return `Last time red: ${red.join("; ")}.`;
    }
    case "review":
      return `Last time the review objected: ${next.findings.map((finding) => finding.title).join("; ") || next.summary}.`;
    case "flagged":
      return `Last time you sent it back: ${next.note || next.flags.map(flagLine).join("; ")}.`;
    case "conflict":
      return `Last time in conflict: ${next.files.join(", ")}.`;
    case "retry":
      return inSentences([next.trouble ?? `Last time you said: ${next.note}`]).join(" ");
    case "answer":
    case "fresh":
      return "";
  }
}
