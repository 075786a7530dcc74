import type { Assignment } from "../core/event.ts";
import { staysBehind } from "../core/merge-queue/settling.ts";
import { plainLine } from "../core/plain-text.ts";
import { type RunState, type TaskRecord, type TaskState, endedWell } from "../core/run-state.ts";
import { counted, listed, shortCommit } from "./format.ts";
import type { Tone } from "./paint.ts";

export type StateLook = { symbol: string; tone: Tone };

/** The state's own name is the word; the symbol and the tone repeat it. */
export const stateLooks: Readonly<Record<TaskState["type"], StateLook>> = {
  pending: { symbol: "·", tone: "quiet" },
  working: { symbol: "●", tone: "busy" },
  blocked: { symbol: "?", tone: "ask" },
  gating: { symbol: "◐", tone: "busy" },
  reviewing: { symbol: "◑", tone: "busy" },
  held: { symbol: "?", tone: "ask" },
  queued: { symbol: "◔", tone: "busy" },
  merging: { symbol: "◕", tone: "busy" },
  merged: { symbol: "✓", tone: "good" },
  done: { symbol: "✓", tone: "good" },
  failed: { symbol: "✗", tone: "bad" },
  canceled: { symbol: "⊘", tone: "bad" },
  skipped: { symbol: "↷", tone: "bad" },
};

/** A task that was under way when its dispatcher ended. */
export const stoppedLook: StateLook = { symbol: "◌", tone: "ask" };

/** What there is to say of a task beyond its state's name: one clean line, possibly empty. */
export function describeTask(record: TaskRecord, run: RunState): string {
  const { task, state, note } = record;
  switch (state.type) {
    case "pending":
      return describePending(task.needs, state.next, run);
    case "working":
      return describeAssignment(state.assignment);
    case "blocked":
      return `needs answer ${state.question}`;
    case "gating":
      return listed(run.settings.gates.map((gate) => gate.name));
    case "reviewing":
      return state.round > 1 ? `round ${state.round}` : "";
    case "held":
      return "needs your word";
    case "queued":
      if (staysBehind(run, record)) return `waits for ${listed(state.behind)} to be resolved`;
      return `place ${run.queue.indexOf(task.id) + 1} in the merge queue`;
    case "merging":
      return describeMerge(run, { id: task.id, step: state.step });
    case "merged":
      return shortCommit(state.commit);
    case "done":
      return plainLine(note);
    case "failed":
      return plainLine(state.reason);
    case "canceled":
      return "";
    case "skipped":
      return `needs ${plainLine(state.because)}`;
  }
}

const mergeSteps = {
  preparing: "onto the branch",
  gating: "gates on the merged tree",
  landing: "landing",
} as const;

/** Who stands in the line with others is tested and landed with those before it. */
function describeMerge(run: RunState, { id, step }: { id: string; step: keyof typeof mergeSteps }): string {
  const before = run.line.indexOf(id);
  return before > 0 ? `${mergeSteps[step]}, behind ${counted(before, "change")}` : mergeSteps[step];
}

function describePending(needs: readonly string[], next: Assignment, run: RunState): string {
  const open = needs.filter((id) => {
    const need = run.tasks.get(id);
    return need !== undefined && !endedWell(need.state);
  });
  return open.length > 0 ? `needs ${listed(open)}` : describeAssignment(next);
}

/** What an attempt starts from; empty for a first one. */
export function describeAssignment(assignment: Assignment): string {
  switch (assignment.type) {
    case "fresh":
      return "";
    case "answer":
      return `answered: ${plainLine(assignment.text)}`;
    case "gates":
      return `red gates: ${listed(notGreen(assignment.verdicts))}`;
    case "review":
      return `${counted(assignment.findings.length, "review finding")}`;
    case "flagged":
      return `sent back by you: ${counted(assignment.flags.length, "flag")}`;
    case "conflict":
      return `conflict in ${listed(assignment.files)}`;
    case "mergeGates":
      return `red gates after the merge: ${listed(notGreen(assignment.verdicts))}`;
    case "retry":
      return plainLine(`retry ${assignment.note}`);
  }
}

function notGreen(verdicts: readonly { gate: string; type: string }[]): string[] {
  return verdicts.filter((verdict) => verdict.type !== "passed").map((verdict) => verdict.gate);
}
