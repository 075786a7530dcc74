import { agentNameFor } from "./agent-spec.ts";
import { applyAnswer } from "./apply-answer.ts";
import { applyTaskEvent } from "./apply-task-event.ts";
import type { EventBody, RunEvent, TimedEvent } from "./event.ts";
import { answered, endPause, pauseProvider } from "./apply-pause.ts";
import { isGreenBase } from "./known-red.ts";
import { closeQuestions } from "./close-questions.ts";
import type { Role, Task } from "./plan.ts";
import type { RunState } from "./run-state.ts";
import { startRun } from "./start-run.ts";
import { keepTime } from "./timing/keep-time.ts";
import { addCall, noSpend } from "./usage.ts";
import { setUpGate } from "./verdict.ts";

/** The state after one more event. The given state is not changed. */
export function applyEvent(state: RunState | null, event: TimedEvent): RunState {
  if (event.type === "run.started") return startRun(event);
  if (state === null) throw new Error(`a run begins with run.started, not with ${event.type}`);
  const draft = { ...state };
  apply(draft, event);
  keepTime(draft, event);
  return draft;
}

/** The state after all events of a run. */
export function replay(events: readonly RunEvent[]): RunState {
  const [first, ...rest] = events;
  if (first?.type !== "run.started") throw new Error("a run's journal begins with run.started");
  const draft = startRun(first);
  for (const event of rest) {
    apply(draft, event);
    keepTime(draft, event);
  }
  return draft;
}

/** Gives the draft other values; what they were is never changed, since the state before has it too. */
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
      const after = addCall(before, event.usage, event.usd);
      draft.spendByModel = new Map(draft.spendByModel).set(event.model, after);
      answered(draft, event.model);
      const record = event.task === null ? undefined : draft.tasks.get(event.task);
      if (!record) return;
      draft.telling = withTelling(draft, { role: event.role, task: record.task });
      const writer = event.role === "review" ? record.writer : event.model;
      const spend = addCall(record.spend, event.usage, event.usd);
      draft.tasks = draft.tasks.with({ ...record, writer, spend });
      return;
    }
    case "provider.paused":
      return pauseProvider(draft, event);
    case "provider.resumed":
      return endPause(draft, event.provider);
    case "agent.started": {
      draft.agents = new Map(draft.agents).set(event.agent, event.credentials);
      const record = draft.tasks.get(event.task);
      if (!record || event.role === "review" || event.session === null) return;
      const session = { agent: event.agent, thread: record.thread, id: event.session };
      draft.tasks = draft.tasks.with({ ...record, session });
      return;
    }
    case "question.asked": {
      const { question } = event;
      draft.questions = new Map(draft.questions).set(question.id, { question, answer: null });
      const record = question.task === null ? undefined : draft.tasks.get(question.task);
      if (!record) return;
      const { state } = record;
      const backTo = state.type === "reviewing" ? "review" : state.type === "held" ? "merge" : "work";
      const after = state.type === "pending" ? state.next : null;
      const blocked = { type: "blocked", question: question.id, backTo, after } as const;
      draft.tasks = draft.tasks.with({ ...record, state: blocked });
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

/** A call is told without its agent's name: it is whose task and role it is. */
function withTelling(
  { settings, agents, telling }: RunState,
  job: { role: Role; task: Task },
): RunState["telling"] {
  const name = agentNameFor(settings.agents, job);
  return agents.get(name) !== "own" || telling.has(name) ? telling : new Set([...telling, name]);
}

/** A resumed run tries its models again: that is why the person resumed it. */
function resume(draft: RunState): void {
  draft.hold = null;
  draft.pauses = new Map();
  closeQuestions(draft, { isMeant: ({ kind }) => kind === "provider", answer: "resumed" });
  if (!draft.tasks.haveAllEnded() && draft.phase === "finished") draft.phase = "running";
}
