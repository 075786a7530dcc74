import type { RunEvent } from "../core/event.ts";
import type { Question } from "../core/question.ts";
import { openQuestions, type RunState, type TaskState } from "../core/run-state.ts";
import type { FindSecrets } from "../core/secrets/find-secrets.ts";
import { redactedJson } from "../core/secrets/redact.ts";
import { createSince } from "../core/since.ts";
import { countStates, ongoing, typesOf } from "./describe-run.ts";
import { formatRunSpend } from "./format.ts";
import { type LaidRows, layForPipe } from "./laid-rows.ts";
import { type RowFacts, rowFacts } from "./task-row.ts";

/** What `agentx status` says of a run around the rows of its tasks. */
export type StandingHead = Pick<RunState, "run" | "phase" | "hold" | "delivery"> & {
  /** Milliseconds since 1970: the run's first event, and its last. */
  startedAt: number;
  lastAt: number;
  unsafeNoSandbox: boolean;
  spend: string;
  /** The open ones. */
  questions: readonly Question[];
  pauses: readonly [string, { until: number | null; reason: string; times: number }][];
  counts: [TaskState["type"], number][];
  /** Ids of the tasks that can be retried, and whether any has not ended. */
  retriable: readonly string[];
  isOpen: boolean;
};

/** All that `agentx status` shows of a run, so that it can be kept and shown without the run's events. */
export type Standing = {
  head: StandingHead;
  /** In plan order. */
  tasks: () => RowFacts[];
  laid: LaidRows;
};

/** Follows a run event by event; `of` is given the state after the last one. */
export type StandingKeeper = {
  add: (event: RunEvent) => void;
  of: (state: RunState, findSecrets: FindSecrets) => Standing;
};

export function keepStanding(): StandingKeeper {
  const since = createSince();
  let startedAt: number | null = null;
  let lastAt = 0;
  return {
    add: (event) => {
      since.add(event);
      startedAt ??= event.at;
      lastAt = event.at;
    },
    of: (state, findSecrets) => {
      const facts = [...state.tasks.values()].map((record) =>
        rowFacts(record, { state, since: since.of(record) }),
      );
      const { value: tasks } = redactedJson(findSecrets, facts);
      const head = headOf(state, { startedAt: startedAt ?? lastAt, lastAt });
      return {
        head: redactedJson(findSecrets, head).value,
        tasks: () => tasks,
        laid: layForPipe(tasks, lastAt),
      };
    },
  };
}

function headOf(state: RunState, times: { startedAt: number; lastAt: number }): StandingHead {
  const { run, phase, hold, delivery, settings, pauses } = state;
  const { retriable, isOpen } = ongoing(state);
  return {
    run,
    phase,
    hold,
    delivery,
    ...times,
    unsafeNoSandbox: settings.unsafeNoSandbox,
    spend: formatRunSpend(state),
    questions: openQuestions(state),
    pauses: [...pauses],
    counts: [...countStates(typesOf(state))],
    retriable,
    isOpen,
  };
}

/** The head, the layout, the laid rows, and in the last line the tasks, which are read only where a row is laid out anew. */
export function standingText({ head, tasks, laid: { text, ...laid } }: Standing): string {
  return [JSON.stringify(head), JSON.stringify(laid), text, JSON.stringify(tasks())].join("\n");
}

/** @param bytes of a {@link standingText} */
export function parseStanding(bytes: Buffer): Standing {
  const last = bytes.lastIndexOf("\n");
  const shown = bytes.toString("utf8", 0, last);
  const first = shown.indexOf("\n");
  const second = shown.indexOf("\n", first + 1);
  const laid = JSON.parse(shown.slice(first + 1, second)) as Omit<LaidRows, "text">;
  return {
    head: JSON.parse(shown.slice(0, first)) as StandingHead,
    tasks: () => JSON.parse(bytes.toString("utf8", last + 1)) as RowFacts[],
    laid: { ...laid, text: shown.slice(second + 1) },
  };
}
