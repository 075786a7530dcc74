import { redactedJson } from "../core/secrets/redact.ts";
import { damaged } from "./failure.ts";
import { numberOf, rowCheck, textOf } from "./row.ts";
import type { Store } from "./store.ts";
import { effectSync } from "../sys/failpoint.ts";

/** A resolve attempt begins a new thread of the same task. */
export type ConversationKey = { run: string; task: string; thread: number };

/** Fits the agents' `Conversation` with `M` as their message, which this room need not know. */
export type StoredConversation<M> = { messages: () => readonly M[]; append: (message: M) => void };

/** `place` is 0, 1, 2 … in a thread. */
export type TranscriptEntry<M> = { thread: number; place: number; message: M };

/**
 * Messages are read once, when first asked for; each is serialised once, when it is appended. The run's own secrets are
 * left out then: of what is kept, and so of what goes to the model with the next request.
 */
export function openConversation<M>(store: Store, key: ConversationKey): StoredConversation<M> {
  const { run, task, thread } = key;
  let known: M[] | null = null;
  const load = (): M[] => (known ??= readMessages<M>(store, key));
  return {
    messages: load,
    append: (message) => {
      const messages = load();
      const { value, text: body } = redactedJson(store.secrets.findOwn, message);
      const place = messages.length;
      // Two writers of one conversation would break the primary key here instead of mixing their turns.
      const insert = store.db.prepare(
        "INSERT INTO messages (run, task, thread, place, body, sum) VALUES (?, ?, ?, ?, ?, ?)",
      );
      const sum = rowCheck([run, task, thread, place, body]);
      effectSync("conversation.append", () => insert.run(run, task, thread, place, body, sum));
      messages.push(value);
    },
  };
}

/** Every message of a task, thread by thread. */
export function readTranscript<M>(
  store: Store,
  { run, task }: { run: string; task: string },
): TranscriptEntry<M>[] {
  const threads = store.db
    .prepare("SELECT DISTINCT thread FROM messages WHERE run = ? AND task = ? ORDER BY thread")
    .all(run, task)
    .map((row) => numberOf(store.file, row["thread"]));
  return threads.flatMap((thread) =>
    readMessages<M>(store, { run, task, thread }).map((message, place) => ({ thread, place, message })),
  );
}

function readMessages<M>({ db, file }: Store, { run, task, thread }: ConversationKey): M[] {
  const rows = db
    .prepare("SELECT place, body, sum FROM messages WHERE run = ? AND task = ? AND thread = ? ORDER BY place")
    .all(run, task, thread);
  return rows.map((row, place) => {
    const body = textOf(file, row["body"]);
    if (row["place"] !== place || rowCheck([run, task, thread, place, body]) !== row["sum"]) {
      throw damaged(file, `message ${place} of task ${task} in run ${run} is not what was written`);
    }
    return JSON.parse(body) as M;
  });
}
