import { applyAnswer } from "./apply-answer.ts";
import { applyTaskEvent } from "./apply-task-event.ts";
import type { EventBody, RunEvent } from "./event.ts";
import { answered, endPause, pauseProvider } from "./apply-pause.ts";
import { isGreenBase } from "./known-red.ts";
import { hasEnded, type RunState } from "./run-state.ts";
import { startRun } from "./start-run.ts";
import { addCall, noSpend } from "./usage.ts";
import { setUpGate } from "./verdict.ts";

/** The state after one more event. The given state is not changed. */
export function applyEvent(state: RunState | null, event: EventBody): RunState {
  if (event.type === "run.started") return startRun(event);
  if (state === null) throw new Error(`a run begins with run.started, not with ${event.type}`);
  const draft = copyOf(state);
  apply(draft, event);
  return draft;
}

/** The state after all events of a run; one copy instead of one for each event. */
export function replay(events: readonly RunEvent[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== "run.started") throw new Error("a run's journal begins with run.started");
  const draft = startRun(first);
  for (const event of rest) apply(draft, event);
  return draft;
}

function copyOf(state: RunState): RunState {
  return {
    ...state,
    tasks: new Map(state.tasks),
    queue: [...state.queue],
    line: [...state.line],
    landed: [...state.landed],
    questions: new Map(state.questions),
    pauses: new Map(state.pauses),
    spendByModel: new Map(state.spendByModel),
    agents: new Map(state.agents),
  };
}

/** Changes the draft's own maps; records inside them are replaced, never changed. */
function apply(draft: RunState, event: EventBody): void {
  switch (event.type) {
    case "run.started":
      throw new Error("a run starts once");
    case "run.resumed":
      return resume(draft);
    case "run.interrupted":
    case "model.left":
    case "tools.withheld":
      return;
    case "baseline.finished": {
      draft.baseline = event.verdicts;
      const red = event.verdicts
        .filter((verdict) => verdict.type !== "passed")
        .map((verdict) => verdict.gate);
      // Where nothing could be installed no gate has run: that is nothing to accept beforehand.
      const isAccepted = draft.settings.acceptRedBase && !red.includes(setUpGate);
      if (isGreenBase(event.verdicts) || isAccepted) {
        draft.knownRed = red;
        draft.phase = "running";
      }
      return;
    }
    case "model.called": {
      draft.spend = addCall(draft.spend, event.usage, event.usd);
      const before = draft.spendByModel.get(event.model) ?? noSpend;
      draft.spendByModel.set(event.model, addCall(before, event.usage, event.usd));
      answered(draft, event.model);
      const record = event.task === null ? undefined : draft.tasks.get(event.task);
      if (!record) return;
      const writer = event.role === "review" ? record.writer : event.model;
      const spend = addCall(record.spend, event.usage, event.usd);
      draft.tasks.set(record.task.id, { ...record, writer, spend });
      return;
    }
    case "provider.paused":
      return pauseProvider(draft, event);
    case "provider.resumed":
      return endPause(draft, event.provider);
    case "agent.started": {
      draft.agents.set(event.agent, event.credentials);
      const record = draft.tasks.get(event.task);
      if (!record || event.role === "review" || event.session === null) return;
      const session = { agent: event.agent, thread: record.thread, id: event.session };
      draft.tasks.set(record.task.id, { ...record, session });
      return;
    }
    case "question.asked": {
      draft.questions.set(event.question.id, { question: event.question, answer: null });
      const record = event.question.task === null ? undefined : draft.tasks.get(event.question.task);
      if (!record) return;
      const { state } = record;
      const backTo = state.type === "reviewing" ? "review" : state.type === "held" ? "merge" : "work";
      const after = state.type === "pending" ? state.next : null;
      const blocked = { type: "blocked", question: event.question.id, backTo, after } as const;
      draft.tasks.set(record.task.id, { ...record, state: blocked });
      return;
    }
    case "question.answered":
      return applyAnswer(draft, event.answer);
    case "run.delivered":
      draft.delivery = event.delivery;
      if (event.delivery.type === "fast-forwarded") draft.personAt = event.delivery.commit;
      draft.pullRequest = event.pullRequest;
      return;
    case "run.finished":
      draft.phase = "finished";
      return;
    default:
      return applyTaskEvent(draft, event);
  }
}

/** A resumed run tries its models again: that is why the person resumed it. */
function resume(draft: RunState): void {
  draft.hold = null;
  draft.pauses = new Map();
  for (const [id, entry] of draft.questions) {
    if (entry.answer === null && entry.question.kind === "provider") {
      draft.questions.set(id, { ...entry, answer: "resumed" });
    }
  }
  const isOpen = [...draft.tasks.values()].some((record) => !hasEnded(record.state));
  if (isOpen && draft.phase === "finished") draft.phase = "running";
}
