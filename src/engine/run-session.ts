import { applyEvent, replay } from "../core/apply-event.ts";
import type { EventBody, RunBase, RunEvent } from "../core/event.ts";
import type { Plan } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { endedWellIn, integrationBranch, type RunState } from "../core/run-state.ts";
import type { Spend } from "../core/usage.ts";
import { compareAndSwapRef, readRef } from "../git/refs/refs.ts";
import type { Repository } from "../git/repository.ts";
import { replaced } from "../journal/fence.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import type { Lock } from "../journal/lock.ts";
import { keyVariables } from "../models/providers.ts";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import { redactWith } from "../core/secrets/redact.ts";
import { loadFirstModel } from "./built-in-agent.ts";
import { openRunCassette } from "./cassette/open-run-cassette.ts";
import { runDispatcher } from "./dispatcher.ts";
import { followUp } from "./follow-up.ts";
import { redactedSandboxes } from "./redacted-sandboxes.ts";
import { redactedWatch } from "./redacted-watch.ts";
import { keepStanding } from "./keep-standing.ts";
import { loadRun } from "./load-run.ts";
import { lockRepository, untilGitIsDone } from "./lock-repository.ts";
import { createPerform } from "./perform.ts";
import { prepareAhead } from "./prepare-ahead.ts";
import { eventsOf } from "./requests.ts";
import type { RunControl } from "./run-control.ts";
import type { RunWatch } from "./run-watch.ts";
import { whileItOpens } from "./while-it-opens.ts";
import { openWorkshop } from "./workshop.ts";
import type { Workspace } from "./workspace.ts";

export type NewRun = { run: string; plan: Plan; settings: RunSettings; base: RunBase; planning: Spend };

type Session = { watch: RunWatch; sandboxes: SandboxProvider; now: () => number; command: string };

/**
 * Runs a new plan until it is finished, waits for the person, or is interrupted.
 * @throws AgentxError DISPATCHER_RUNNING, or where the run's cassette cannot be opened, before anything changed
 */
export async function startRun(workspace: Workspace, start: NewRun, session: Session): Promise<RunState> {
  workspace.secrets.learn(keyVariables(start.settings.providers));
  using lock = lockFor(workspace, session);
  // A run that could not be recorded is refused before it is one.
  (await openRunCassette(start.settings, start.run))?.close();
  using journal = openJournal({ ...workspace, isHeld: lock.isHeld });
  const first = journal.append({
    run: start.run,
    at: session.now(),
    event: { type: "run.started", ...start },
  });
  const state = applyEvent(null, first);
  session.watch.onEvent(first, state);
  // Awaited here: the lock and the journal are held until the end.
  return await dispatch(workspace, { journal, state, events: [first], session, lock });
}

/** Goes on with a run where its journal ends. @throws AgentxError DISPATCHER_RUNNING, NO_RUNS, UNKNOWN_RUN */
export async function resumeRun(
  workspace: Workspace,
  run: string | null,
  session: Session,
): Promise<RunState> {
  using lock = lockFor(workspace, session);
  using journal = openJournal({ ...workspace, isHeld: lock.isHeld });
  const { events } = loadRun(journal, run);
  let state = replay(events);
  workspace.secrets.learn(keyVariables(state.settings.providers));
  const event = journal.append({
    run: state.run,
    at: session.now(),
    event: { type: "run.resumed", pid: process.pid },
  });
  state = applyEvent(state, event);
  session.watch.onEvent(event, state);
  // Awaited here: the lock and the journal are held until the end.
  return await dispatch(workspace, { journal, state, events: [...events, event], session, lock });
}

function lockFor(workspace: Workspace, { now, command }: Session): Lock {
  const said = redactWith(workspace.secrets.findAny, command);
  return lockRepository(workspace, { since: now(), command: said });
}

type Going = { journal: Journal; state: RunState; events: RunEvent[]; session: Session; lock: Lock };

async function dispatch(workspace: Workspace, going: Going): Promise<RunState> {
  const { journal, state, events, session, lock } = going;
  const { now } = session;
  const watch = redactedWatch(session.watch, workspace.secrets);
  const opened = redactedSandboxes(session.sandboxes, workspace.secrets);
  const sandboxes = whileItOpens(opened, () => void loadFirstModel(workspace, state.settings));
  await untilGitIsDone(workspace);
  await ensureIntegrationBranch(workspace.repo, state);
  await using shop = await openWorkshop(workspace, { run: state.run, settings: state.settings, sandboxes });
  for (const message of shop.notes) watch.log({ level: "info", message, facts: {} });
  const perform = createPerform(shop, journal);
  const following = followUp(workspace, watch.log);
  const ahead = prepareAhead(shop.pool, watch.log);
  ahead.prepare(state);
  // Whoever was killed may not have come to it.
  following.after(state, endedWellIn(state));
  const standing = keepStanding(workspace, { journal, watch });
  for (const event of events) standing.onEvent(event, state);
  const tellAll = (event: RunEvent, next: RunState): void => {
    if (event.type === "task.merged" || event.type === "task.done") following.after(next, [event.task]);
    if (event.type === "task.canceled" || event.type === "task.retried") shop.parking.drop(event.task);
    if (!watch.control.draining) ahead.prepare(next);
    standing.onEvent(event, next);
    watch.onEvent(event, next);
  };
  const poll = wakeOnRequests(journal, watch.control);
  try {
    return await runDispatcher(state, {
      perform: async (action, context) => {
        // Who deletes the journal deletes the lock beside it, and that is what the person has to hear of.
        journal.refuseGone();
        if (!lock.isHeld()) throw replaced(state.run);
        // After the delivery the run is finished, and nobody comes back to what is left to do.
        if (action.type === "deliver") await following.done();
        const began = performance.now();
        watch.log({ level: "info", message: `${action.type} starts`, facts: { action } });
        try {
          return await perform(action, context);
        } finally {
          watch.log({
            level: "info",
            message: `${action.type} ends`,
            facts: { action, ms: Math.round(performance.now() - began) },
          });
        }
      },
      append: (run, event) => journal.append({ run, at: now(), event }),
      takeRequests: (current, onEvent) => takeRequests(journal, { state: current, at: now(), onEvent }),
      onEvent: tellAll,
      onActivity: watch.onActivity,
      now,
      control: watch.control,
      waitForAnswers: watch.waitForAnswers,
    });
  } finally {
    clearInterval(poll);
    await ahead.stop();
    standing.close();
    await following.done();
  }
}

/** Other processes write their requests at any time; looking costs microseconds. */
const pollMs = 150;

function wakeOnRequests(journal: Journal, control: RunControl): NodeJS.Timeout {
  let seen = journal.dataVersion();
  return setInterval(() => {
    const version = journal.dataVersion();
    if (version === seen) return;
    seen = version;
    control.wake();
  }, pollMs);
}

type Taking = { state: RunState; at: number; onEvent: (event: RunEvent) => void };

function takeRequests(journal: Journal, { state, at, onEvent }: Taking): void {
  let current = state;
  const toEvents = (request: Parameters<typeof eventsOf>[0]): EventBody[] => {
    const bodies = eventsOf(request, current);
    for (const body of bodies) current = applyEvent(current, { ...body, at });
    return bodies;
  };
  for (const event of journal.consume({ run: state.run, at }, toEvents)) onEvent(event);
}

/** The branch that merges land on is made once, at the base, and made again where the journal says it was. */
async function ensureIntegrationBranch(repo: Repository, state: RunState): Promise<void> {
  if (state.tasks.haveAllEnded() && state.delivery !== null) return;
  const ref = `refs/heads/${integrationBranch(state.run)}`;
  if ((await readRef(repo, ref)) === null) await compareAndSwapRef(repo, { ref, to: state.tip, from: "" });
}
