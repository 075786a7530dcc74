import { flagsToAsk } from "./flags-to-ask.ts";
import type { Answer } from "./question.ts";
import { setUpGate } from "./verdict.ts";
import { hasEnded, type RunState, type TaskRecord } from "./run-state.ts";

/** Answers that end the matter instead of going on with it. */
function isGivingUp(text: string): boolean {
  return /^\s*(give up|stop|abort|no)\s*\.?\s*$/i.test(text);
}

export function applyAnswer(draft: RunState, answer: Answer): void {
  const entry = draft.questions.get(answer.question);
  if (!entry || entry.answer !== null) return;
  draft.questions = new Map(draft.questions).set(answer.question, { ...entry, answer: answer.text });
  const { question } = entry;
  const record = question.task === null ? undefined : draft.tasks.get(question.task);
  switch (question.kind) {
    case "worker":
    case "attempts":
      if (record) draft.tasks = draft.tasks.with(answerTask(record, { asked: question.text, answer, draft }));
      return;
    case "protected":
      if (record) answerFlags(record, { answer, draft });
      return;
    case "budget": {
      const usd = Number(/\d+(\.\d+)?/.exec(answer.text.replaceAll(",", ""))?.[0] ?? 0);
      if (isGivingUp(answer.text)) stopRun(draft);
      // What is no amount changes nothing, so the question is put again.
      else if (usd > 0) draft.budgetUsd = usd;
      return;
    }
    case "baseline":
      if (/^\s*(try again|retry)\b/i.test(answer.text)) {
        draft.baseline = [];
        return;
      }
      if (isGivingUp(answer.text)) stopRun(draft);
      else acceptBaseline(draft);
      draft.phase = "running";
      return;
    case "provider":
      draft.hold = null;
      if (isGivingUp(answer.text)) stopRun(draft);
      return;
  }
}

/**
 * Red gates hold nothing back until they first turn green. A set-up that failed is left out from here on, and is never
 * among them: as a known red one it would let through what no gate has seen.
 */
function acceptBaseline(draft: RunState): void {
  const red = draft.baseline.filter((verdict) => verdict.type !== "passed").map((verdict) => verdict.gate);
  draft.knownRed = red.filter((gate) => gate !== setUpGate);
  if (red.includes(setUpGate)) draft.settings = { ...draft.settings, setup: null };
}

type Answered = { asked: string; answer: Answer; draft: RunState };

function answerTask(record: TaskRecord, { asked, answer, draft }: Answered): TaskRecord {
  const { state } = record;
  if (state.type !== "blocked" || state.question !== answer.question) return record;
  const isAttempts = draft.questions.get(answer.question)?.question.kind === "attempts";
  if (isAttempts && isGivingUp(answer.text)) {
    return { ...record, state: { type: "failed", reason: `given up by the person: ${asked}` } };
  }
  const allowance = isAttempts ? record.attempts + draft.settings.maxAttempts : record.allowance;
  if (state.backTo === "review") {
    return {
      ...record,
      allowance,
      stuck: "",
      state: { type: "reviewing", commit: record.head ?? "", round: 1 },
    };
  }
  const next = { type: "answer", question: asked, text: answer.text, after: state.after } as const;
  return { ...record, allowance, stuck: "", state: { type: "pending", next } };
}

/** Only the plain word merges: all others go back to the worker, with the list. */
function answerFlags(record: TaskRecord, { answer, draft }: Omit<Answered, "asked">): void {
  const { state, task, head } = record;
  if (state.type !== "blocked" || state.question !== answer.question) return;
  const flags = flagsToAsk(draft, record);
  if (/^\s*(merge( it)?|yes)\s*[.!]?\s*$/i.test(answer.text)) {
    const allowed = [...record.allowed, ...flags.map(({ id }) => id)];
    draft.tasks = draft.tasks.with({
      ...record,
      allowed,
      state: { type: "queued", commit: head ?? "", behind: [] },
    });
    draft.queue = [...draft.queue, task.id];
    return;
  }
  if (/^\s*give up\s*\.?\s*$/i.test(answer.text)) {
    const reason = "given up by the person over what it changes";
    draft.tasks = draft.tasks.with({ ...record, state: { type: "failed", reason } });
    return;
  }
  const note = /^\s*(send it back|no)\s*[.!]?\s*$/i.test(answer.text) ? "" : answer.text.trim();
  // The person has just asked for one more attempt, so they are not asked whether there may be one.
  const allowance = Math.max(record.allowance, record.attempts + 1);
  const next = { type: "flagged", flags, note } as const;
  draft.tasks = draft.tasks.with({ ...record, allowance, state: { type: "pending", next } });
}

function stopRun(draft: RunState): void {
  for (const record of draft.tasks.values()) {
    if (!hasEnded(record.state)) draft.tasks = draft.tasks.with({ ...record, state: { type: "canceled" } });
  }
  draft.queue = [];
  draft.line = [];
}
