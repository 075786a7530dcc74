import { firstUsefulLine } from "../core/first-useful-line.ts";
import type { EventBody, EventOf } from "../core/event.ts";
import { flagLine } from "../core/flag.ts";
import { plainLine } from "../core/plain-text.ts";
import { integrationBranch } from "../core/run-state.ts";
import { isGreen } from "../core/verdict.ts";
import { commands } from "./commands.ts";
import { describeDelivery, describePause, describeStart } from "./describe-run.ts";
import {
  byWeight,
  describeFlags,
  describeFinding,
  describeGates,
  describeReview,
  notGreen,
} from "./describe-verdict.ts";
import { counted, formatTook, formatUsage, formatUsd, listed, shortCommit, shortModel } from "./format.ts";
import type { Tone } from "./paint.ts";
import { otherDefault, shownOptions } from "./shown-options.ts";
import { describeAssignment } from "./task-words.ts";

/** An event in words: clean of control sequences, without colours or width. */
export type EventWords = {
  /** Null when it is about the whole run. */
  task: string | null;
  text: string;
  /** What a person wants to see with it: the first failing line, the findings, the command to answer with. */
  details: string[];
  tone: Tone;
  /** Part of the story that a live view leaves behind in the scrollback. */
  isStory: boolean;
};

type Rest = Partial<Pick<EventWords, "details" | "tone" | "isStory">>;

/** Every type of event has words: a new one does not compile until it is given some. */
export function describeEvent(event: EventBody): EventWords {
  switch (event.type) {
    case "run.started":
      return ofRun(describeStart(event), { isStory: true, details: startDetails(event) });
    case "run.resumed":
      return ofRun(`resumed by process ${event.pid}`, { isStory: true });
    case "run.interrupted": {
      const what = event.again === true ? "the workers are stopped" : "no new work starts";
      return ofRun(`interrupted (${plainLine(event.signal)}): ${what}`, { tone: "ask", isStory: true });
    }
    case "baseline.finished":
      return describeBaseline(event);
    case "attempt.started":
      return ofTask(event.task, describeAttempt(event), { tone: "quiet" });
    case "model.called":
      return { ...ofRun(describeCall(event), { tone: "quiet" }), task: event.task && plainLine(event.task) };
    case "model.left": {
      const text = `${plainLine(event.reason)}: ${event.role} goes on with ${plainLine(event.next)}`;
      return ofTask(event.task, text, { tone: "ask", isStory: true });
    }
    case "provider.paused":
      return ofRun(describePause(event), { tone: "ask", isStory: true, details: lines(event.reason) });
    case "provider.resumed":
      return ofRun(`${plainLine(event.provider)} may be asked again`, { isStory: true });
    case "agent.started": {
      const login = event.credentials === "own" ? " with its own login" : "";
      return ofTask(event.task, `${event.role}: ${plainLine(event.agent)} starts${login}`, { tone: "quiet" });
    }
    case "tools.withheld": {
      const names = event.names.map(plainLine).join(", ");
      return ofTask(event.task, `${event.role}: not passed on to the model's vendor: ${names}`, {
        tone: "quiet",
      });
    }
    case "worker.finished":
      return ofTask(event.task, describeWork(event), { details: lines(event.note) });
    case "attempt.failed": {
      const { kind, reason, hint } = event.failure;
      const text = `attempt failed (${kind}): ${plainLine(reason)}`;
      return ofTask(event.task, text, { tone: "bad", isStory: true, details: lines(hint) });
    }
    case "gates.finished":
      return describeGatesEvent(event);
    case "gates.compared":
      return describeCompared(event);
    case "change.flagged":
      return ofTask(event.task, `flagged ${shortCommit(event.commit)}: ${describeFlags(event.flags)}`, {
        tone: "ask",
        isStory: true,
        details: event.flags.map((flag) => plainLine(flagLine(flag))),
      });
    case "review.finished":
      return describeReviewEvent(event);
    case "merge.started":
      return ofTask(event.task, "merge started", { tone: "quiet" });
    case "merge.prepared": {
      const text = `merge prepared: ${shortCommit(event.candidate)} on ${shortCommit(event.onto)}`;
      return ofTask(event.task, text, { tone: "quiet" });
    }
    case "merge.conflicted":
      return ofTask(event.task, `conflict in ${listed(event.files)}: a worker is to resolve it`, {
        tone: "ask",
        isStory: true,
      });
    case "merge.deferred":
      return ofTask(event.task, deferredText(event.behind ?? []), { tone: "quiet" });
    case "merge.ejected":
      return ofTask(event.task, ejectedText(event.landed), { tone: "bad", isStory: true });
    case "merge.stale":
      return ofTask(event.task, `the branch moved on to ${shortCommit(event.tip)}: merging again`, {
        tone: "quiet",
      });
    case "task.merged":
      return ofTask(event.task, `merged as ${shortCommit(event.commit)}`, { tone: "good", isStory: true });
    case "task.done":
      return ofTask(event.task, "done", { tone: "good", isStory: true, details: lines(event.note) });
    case "task.failed":
      return ofTask(event.task, `failed: ${plainLine(event.reason)}`, { tone: "bad", isStory: true });
    case "task.canceled":
      return ofTask(event.task, "canceled", { tone: "bad", isStory: true });
    case "task.skipped":
      return ofTask(event.task, `skipped: needs ${plainLine(event.because)}`, { tone: "bad", isStory: true });
    case "task.retried":
      return ofTask(event.task, "retried", { isStory: true, details: lines(event.note) });
    case "question.asked":
      return describeQuestion(event);
    case "question.answered": {
      const { question, text, by } = event.answer;
      const source = by === "default" ? " (by default: nobody was asked)" : "";
      return ofRun(`answer ${question}: ${plainLine(text)}${source}`, { isStory: true });
    }
    case "note.added":
      return ofTask(event.task, `note added: ${plainLine(event.text)}`, {});
    case "note.delivered":
      return ofTask(event.task, `note delivered: ${plainLine(event.text)}`, { tone: "quiet" });
    case "run.delivered": {
      const details = event.pullRequest === null ? [] : [`pull request ${plainLine(event.pullRequest)}`];
      return ofRun(describeDelivery(event.delivery), { details, isStory: true });
    }
    case "run.finished":
      return ofRun("finished", { isStory: true });
  }
}

function ofTask(task: string, text: string, rest: Rest): EventWords {
  return { ...ofRun(text, rest), task: plainLine(task) };
}

function ofRun(text: string, { details = [], tone = "normal", isStory = false }: Rest): EventWords {
  return { task: null, text, details, tone, isStory };
}

/** Free text as one line of detail, or none. */
function lines(text: string): string[] {
  const line = plainLine(text);
  return line === "" ? [] : [line];
}

function startDetails({ run, settings, base }: EventOf<"run.started">): string[] {
  const from = `${base.branch === null ? "a detached HEAD" : plainLine(base.branch)} at ${shortCommit(base.commit)}`;
  const details = [`onto ${integrationBranch(plainLine(run))}, from ${from}`];
  if (settings.unsafeNoSandbox) details.push("no sandbox: what models run, runs as you");
  return details;
}

function describeBaseline({ verdicts }: EventOf<"baseline.finished">): EventWords {
  const isEmpty = verdicts.every(({ type }) => type === "passed" || type === "empty");
  const tone: Tone = isGreen(verdicts) ? "good" : isEmpty ? "ask" : "bad";
  const details = notGreen(verdicts).map(firstUsefulLine).filter(Boolean);
  return ofRun(`on the base: ${describeGates(verdicts)}`, { tone, details, isStory: true });
}

function describeAttempt({ attempt, assignment, role }: EventOf<"attempt.started">): string {
  const from = describeAssignment(assignment);
  const verb = role === "resolve" ? "resolves" : "works";
  return `${verb}, attempt ${attempt}${from === "" ? "" : ` (${from})`}`;
}

function describeCall({ role, model, usage, usd, ms }: EventOf<"model.called">): string {
  const price = usd === null ? "unpriced" : formatUsd(usd);
  return `${role} called ${shortModel(model)}: ${formatUsage(usage)}, ${price}, ${formatTook(ms)}`;
}

function describeWork({ commit, files }: EventOf<"worker.finished">): string {
  if (commit === null) return "handed over, nothing to commit";
  return `handed over ${shortCommit(commit)}: ${counted(files.length, "file")}`;
}

function describeGatesEvent({ task, on, verdicts, again, affected }: EventOf<"gates.finished">): EventWords {
  const isRed = !isGreen(verdicts);
  const flaky = again === true && !isRed ? "red before on the same tree, so flaky: " : "";
  const quick = affected === true ? "what is affected: " : "";
  const where = on === "merge" ? `merged tree${again === true ? " once more" : ""}: ${flaky}` : quick;
  const details = notGreen(verdicts).map(firstUsefulLine).filter(Boolean);
  return ofTask(task, `${where}${describeGates(verdicts)}`, {
    tone: isRed ? "bad" : "normal",
    details,
    isStory: isRed,
  });
}

function describeCompared({ task, files, verdicts }: EventOf<"gates.compared">): EventWords {
  return ofTask(task, `with the base's ${listed(files)}: ${describeGates(verdicts)}`, {
    tone: isGreen(verdicts) ? "normal" : "ask",
    details: notGreen(verdicts).map(firstUsefulLine).filter(Boolean),
    isStory: !isGreen(verdicts),
  });
}

function describeReviewEvent({ task, verdict, ...by }: EventOf<"review.finished">): EventWords {
  const findings = verdict.type === "missing" ? [] : byWeight(verdict.findings);
  const isApproved = verdict.type === "approved";
  return ofTask(task, describeReview(verdict, by), {
    tone: isApproved ? "normal" : "bad",
    details: findings.map(describeFinding),
    isStory: !isApproved || findings.length > 0,
  });
}

function describeQuestion({ question }: EventOf<"question.asked">): EventWords {
  const options = question.options.length === 0 ? [] : [`options: ${listed(shownOptions(question), 9)}`];
  const details = [...options, ...otherDefault(question), commands.answer(question.id)];
  const words = ofRun(`question ${question.id}: ${plainLine(question.text)}`, {
    tone: "ask",
    details,
    isStory: true,
  });
  return { ...words, task: question.task === null ? null : plainLine(question.task) };
}

function deferredText(behind: readonly string[]): string {
  if (behind.length === 0) return "conflicts with a change before it in the merge queue: waits for that";
  return `conflicts with ${listed(behind)}, whose conflict is being resolved: waits for that`;
}

function ejectedText(landed: readonly string[]): string {
  const what = "sent back by the merge queue: the gates are red with it, and green without it";
  return landed.length === 0 ? what : `${what}. Since it began, ${listed(landed)} landed`;
}
