import type { EventBody, RunEvent } from "../core/event.ts";
import type { GateVerdict } from "../core/verdict.ts";
import { noSecrets, type Secrets } from "../sys/secrets.ts";
import { openConversation, readTranscript } from "./conversation.ts";
import type { ConversationKey, StoredConversation, TranscriptEntry } from "./conversation.ts";
import { insertEvents, readEvents } from "./event-log.ts";
import { guard } from "./failure.ts";
import { consumeRequests, pendingRequests, type Posting, postRequest } from "./inbox.ts";
import type { Request } from "./request.ts";
import { listRuns, readEnd, readLatestRun, type RunEnd, type RunSummary } from "./run-table.ts";
import { watchFile } from "./still-there.ts";
import { openStore } from "./store.ts";
import { transaction } from "./transaction.ts";
import { verify } from "./verify.ts";
import { readVerdict, writeVerdict, type VerdictKey } from "./verdict-cache.ts";

/**
 * The truth about every run of a repository. What a method wrote is on disk before it returns. Any process may
 * read and post at any time; events are written by the dispatcher alone. Every method may throw AgentxError
 * JOURNAL_DAMAGED, JOURNAL_FULL, JOURNAL_UNWRITABLE or JOURNAL_BUSY, each that writes also JOURNAL_GONE, and what appends
 * DISPATCHER_REPLACED.
 */
export type Journal = Disposable & {
  /** A run's first event is `run.started`. `at` is milliseconds since 1970. */
  append: (entry: { run: string; at: number; event: EventBody }) => RunEvent;
  /** All of them or none. */
  appendAll: (entry: { run: string; at: number; events: readonly EventBody[] }) => RunEvent[];
  events: (run: string) => RunEvent[];
  eventsAfter: (run: string, seq: number) => RunEvent[];
  /** Oldest first; reads no events. */
  runs: () => RunSummary[];
  /** Where a run's events end: the last one's place and its checksum, which no other history has; null for no such run. */
  end: (run: string) => RunEnd | null;
  /** The run that was started last. */
  latestRun: () => RunSummary | null;

  /** @returns the request's id */
  post: (entry: Posting) => number;
  /** Posted and not yet consumed, oldest first. */
  pendingRequests: (run: string) => Request[];
  /**
   * Appends what follows from each waiting request and marks it as taken, in one transaction: exactly once.
   * `toEvents` may be called again for the same request if that transaction fails, so it must not act.
   */
  consume: (
    entry: { run: string; at: number },
    toEvents: (request: Request) => readonly EventBody[],
  ) => RunEvent[];
  /** Changes when another connection has written; a few microseconds, so it may be polled. */
  dataVersion: () => number;

  conversation: <M>(key: ConversationKey) => StoredConversation<M>;
  transcript: <M>(key: { run: string; task: string }) => TranscriptEntry<M>[];

  cachedVerdict: (key: VerdictKey) => GateVerdict | null;
  storeVerdict: (key: VerdictKey, verdict: GateVerdict) => void;

  /** @throws AgentxError JOURNAL_GONE where another file, or none, stands at its path */
  refuseGone: () => void;
  /** Reads all of it, every checksum included. @returns the number of events */
  verify: () => number;
  /** Safe to call twice. */
  close: () => void;
};

/** `secrets` are left out of all that is written; a reader needs none. `isHeld` is of the dispatcher's lock: without it nothing more is appended. */
type JournalPlace = { folder: string; readOnly?: boolean; secrets?: Secrets; isHeld?: () => boolean };

/**
 * @param folder the repository's `.agentx`; made when missing, unless `readOnly`.
 * @throws AgentxError NO_RUNS (readOnly, nothing there), JOURNAL_NEWER, JOURNAL_OLDER, JOURNAL_DAMAGED,
 * JOURNAL_UNWRITABLE
 */
export function openJournal({
  folder,
  readOnly = false,
  secrets = noSecrets,
  isHeld,
}: JournalPlace): Journal {
  const store = openStore(folder, { readOnly, secrets, isHeld: isHeld ?? null });
  const { db, file } = store;
  const version = guard(file, () => db.prepare("PRAGMA data_version"));
  const refuseGone = watchFile(file);
  const writing = <T>(work: () => T): T => {
    refuseGone();
    return guard(file, work);
  };
  const append = (run: string, write: () => RunEvent[]): RunEvent[] => {
    const events = writing(write);
    const last = events.at(-1);
    if (last !== undefined) store.fence?.wrote(run, last.seq);
    return events;
  };
  const appendAll: Journal["appendAll"] = ({ run, at, events }) =>
    append(run, () => transaction(db, "journal.append", () => insertEvents(store, { run, at }, events)));
  const close = (): void => {
    if (db.isOpen) guard(file, () => db.close());
  };

  return {
    append: ({ run, at, event }) => {
      const [appended] = appendAll({ run, at, events: [event] });
      if (appended === undefined) throw new Error("an event was appended and is not there");
      return appended;
    },
    appendAll,
    events: (run) => guard(file, () => readEvents(store, run, 0)),
    eventsAfter: (run, seq) => guard(file, () => readEvents(store, run, seq)),
    end: (run) => guard(file, () => readEnd(store, run)),
    runs: () => guard(file, () => listRuns(store)),
    latestRun: () => guard(file, () => readLatestRun(store)),

    post: (entry) => writing(() => postRequest(store, entry)),
    pendingRequests: (run) => guard(file, () => pendingRequests(store, run)),
    consume: (entry, toEvents) => append(entry.run, () => consumeRequests(store, entry, toEvents)),
    dataVersion: () => guard(file, () => Number(version.get()?.["data_version"])),

    conversation: <M>(key: ConversationKey) =>
      guardConversation(openConversation<M>(store, key), { file, writing }),
    transcript: <M>(key: { run: string; task: string }) => guard(file, () => readTranscript<M>(store, key)),

    cachedVerdict: (key) => guard(file, () => readVerdict(store, key)),
    storeVerdict: (key, verdict) => writing(() => writeVerdict(store, key, verdict)),

    refuseGone,
    verify: () => guard(file, () => verify(store)),
    close,
    [Symbol.dispose]: close,
  };
}

type Guards = { file: string; writing: (work: () => void) => void };

function guardConversation<M>(
  { messages, append }: StoredConversation<M>,
  { file, writing }: Guards,
): StoredConversation<M> {
  return {
    messages: () => guard(file, messages),
    append: (message) => writing(() => append(message)),
  };
}
