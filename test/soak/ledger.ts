import { join } from "node:path";
import type { RunEvent } from "../../src/core/event.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { Project } from "../support/project.ts";

/** What was promised to the person during one run: events that were shown, and requests that were accepted. */
export type Ledger = {
  run: string | null;
  /** By place in the journal. */
  shown: Map<number, string>;
  /** What follows from an accepted request, as `type subject`. */
  accepted: Set<string>;
};

export function openLedger(): Ledger {
  return { run: null, shown: new Map(), accepted: new Set() };
}

export function note(ledger: Ledger, event: RunEvent): void {
  if (event.type === "run.started") ledger.run = event.run;
  ledger.shown.set(event.seq, JSON.stringify(event));
}

export function readJournal({ root }: Project, run: string): RunEvent[] {
  using journal = openJournal({ folder: join(root, ".agentx"), readOnly: true });
  return journal.events(run);
}

/** What was shown and is not in the journal as it was shown. */
export function lostEvents(ledger: Ledger, journal: readonly RunEvent[]): string[] {
  const kept = new Map(journal.map((event) => [event.seq, JSON.stringify(event)]));
  return [...ledger.shown].flatMap(([seq, text]) =>
    kept.get(seq) === text ? [] : [`event ${seq} was shown and is not in the journal: ${text.slice(0, 200)}`],
  );
}

/** Requests that agentx accepted and that left no trace; what came too late for its task leaves none. */
export function lostRequests(ledger: Ledger, journal: readonly RunEvent[]): string[] {
  const done = new Set(journal.flatMap((event) => traceOf(event)));
  const ended = new Set(
    journal.flatMap((event) =>
      event.type === "task.merged" || event.type === "task.done" || event.type === "task.failed"
        ? [event.task]
        : [],
    ),
  );
  return [...ledger.accepted].flatMap((trace) => {
    const [type, subject = ""] = trace.split(" ");
    if (done.has(trace) || (type !== "question.answered" && ended.has(subject))) return [];
    return [`"${trace}" was accepted and is not in the journal`];
  });
}

function traceOf(event: RunEvent): string[] {
  switch (event.type) {
    case "question.answered":
      return [`question.answered ${event.answer.question}`];
    case "note.added":
    case "task.canceled":
    case "task.retried":
      return [`${event.type} ${event.task}`];
    default:
      return [];
  }
}
