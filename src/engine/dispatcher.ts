import { type Action, actionKey } from "../core/action.ts";
import { applyEvent } from "../core/apply-event.ts";
import type { Activity, EventBody, RunEvent } from "../core/event.ts";
import { nextActions } from "../core/next-actions.ts";
import { nextDecisions } from "../core/next-decisions.ts";
import type { RunState } from "../core/run-state.ts";
import type { RunControl } from "./run-control.ts";

/** What an action may use while it runs. */
export type PerformContext = {
  state: () => RunState;
  /** Journals a fact that cannot wait for the outcome, such as money that was spent. */
  record: (event: EventBody) => void;
  onActivity: (activity: Activity) => void;
  /** Milliseconds since 1970. */
  now: () => number;
  signal: AbortSignal;
};

/** The seam where work leaves the loop: an action in, its outcome out, both plain data. */
export type Perform = (action: Action, context: PerformContext) => Promise<EventBody[]>;

export type DispatcherPorts = {
  perform: Perform;
  /** Durable before it returns. */
  append: (run: string, event: EventBody) => RunEvent;
  /** Takes what other processes asked for since the last call; `toEvents` is journaled with the taking. */
  takeRequests: (state: RunState, onEvent: (event: RunEvent) => void) => void;
  onEvent: (event: RunEvent, state: RunState) => void;
  onActivity: (activity: Activity) => void;
  /** Milliseconds since 1970. */
  now: () => number;
  control: RunControl;
  /** Stay while a question is open and nothing else is to be done: somebody is there to answer. */
  waitForAnswers: boolean;
};

type Running = { action: Action; controller: AbortController; done: Promise<void> };

/**
 * The loop: decide, start what should be going on, stop what should not, wait for the next fact.
 * Resolves with the state when the run is finished, waits for the person, or was interrupted.
 * @throws what `perform` threw, after everything else was stopped.
 */
export async function runDispatcher(initial: RunState, ports: DispatcherPorts): Promise<RunState> {
  const loop = new DispatcherLoop(initial, ports);
  try {
    return await loop.run();
  } finally {
    await loop.stopAll();
  }
}

class DispatcherLoop {
  readonly #ports: DispatcherPorts;
  readonly #running = new Map<string, Running>();
  #state: RunState;
  #saidSignals = 0;
  #failure: { error: unknown } | null = null;

  constructor(state: RunState, ports: DispatcherPorts) {
    this.#state = state;
    this.#ports = ports;
  }

  async run(): Promise<RunState> {
    const { control, waitForAnswers } = this.#ports;
    for (;;) {
      this.#sayInterrupts();
      this.#takeRequests();
      this.#decide();
      this.#reconcile();
      if (this.#failure) throw this.#failure.error;
      const isIdle = this.#running.size === 0;
      const mayWait = waitForAnswers && !control.draining && this.#state.phase !== "finished";
      if (control.stopping || (isIdle && !mayWait)) return this.#state;
      await control.nextWake();
    }
  }

  async stopAll(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  #record(body: EventBody): void {
    const event = this.#ports.append(this.#state.run, withQuestionId(this.#state, body));
    this.#state = applyEvent(this.#state, event);
    this.#ports.onEvent(event, this.#state);
  }

  #sayInterrupts(): void {
    const { signals } = this.#ports.control;
    while (this.#saidSignals < signals.length) {
      const again = this.#saidSignals > 0 ? ({ again: true } as const) : {};
      this.#record({ type: "run.interrupted", signal: signals[this.#saidSignals] ?? "", ...again });
      this.#saidSignals += 1;
    }
  }

  #takeRequests(): void {
    this.#ports.takeRequests(this.#state, (event) => {
      this.#state = applyEvent(this.#state, event);
      this.#ports.onEvent(event, this.#state);
    });
  }

  #decide(): void {
    for (;;) {
      const decisions = nextDecisions(this.#state, this.#ports.control.draining);
      if (decisions.length === 0) return;
      for (const decision of decisions) this.#record(decision);
    }
  }

  #reconcile(): void {
    const wanted = new Map(nextActions(this.#state).map((action) => [actionKey(action), action]));
    const { draining } = this.#ports.control;
    for (const [key, { action, controller }] of this.#running) {
      // Whoever said stop need not wait for a provider.
      if (!wanted.has(key) || (draining && action.type === "waitForProvider")) controller.abort();
    }
    if (draining) return;
    for (const [key, action] of wanted) {
      const again = this.#running.get(key);
      if (!again || again.controller.signal.aborted) this.#start(key, action, again?.done);
    }
  }

  /** An action that was aborted and is wanted again waits for its former self to be gone. */
  #start(key: string, action: Action, before: Promise<void> = Promise.resolve()): void {
    const controller = new AbortController();
    const done = before
      .then(() => this.#perform(action, controller.signal))
      .finally(() => {
        if (this.#running.get(key)?.controller === controller) this.#running.delete(key);
        this.#ports.control.wake();
      });
    this.#running.set(key, { action, controller, done });
  }

  async #perform(action: Action, signal: AbortSignal): Promise<void> {
    try {
      const outcome = await this.#ports.perform(action, {
        state: () => this.#state,
        record: (event) => this.#record(event),
        onActivity: this.#ports.onActivity,
        now: this.#ports.now,
        signal,
      });
      if (signal.aborted) return;
      for (const event of outcome) this.#record(event);
    } catch (error) {
      if (!signal.aborted) this.#failure ??= { error };
    }
  }
}

/** Stages do not number their questions: only the journal's order can. */
function withQuestionId(state: RunState, body: EventBody): EventBody {
  if (body.type !== "question.asked" || body.question.id !== 0) return body;
  return { ...body, question: { ...body.question, id: state.questions.size + 1 } };
}
