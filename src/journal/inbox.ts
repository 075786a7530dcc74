import type { EventBody, RunEvent } from "../core/event.ts";
import { redactedJson } from "../core/secrets/redact.ts";
import { insertEvents } from "./event-log.ts";
import { damaged } from "./failure.ts";
import type { Request, RequestBody } from "./request.ts";
import { numberOf, rowCheck, textOf } from "./row.ts";
import { statement } from "./statement.ts";
import type { Store } from "./store.ts";
import { transaction } from "./transaction.ts";

type Waiting = { request: Request; body: string };

export type Posting = {
  run: string;
  at: number;
  request: RequestBody;
  /** Throws where the request is of no use; what it reads is still so when the request is posted. */
  refuse?: () => void;
};

/** @returns the request's id. */
export function postRequest(store: Store, { run, at, request: body, refuse }: Posting): number {
  return transaction(store.db, "inbox.post", () => {
    refuse?.();
    const { text } = redactedJson(store.secrets.findOwn, body);
    const { lastInsertRowid } = store.db
      .prepare("INSERT INTO inbox (run, at, body, taken, sum) VALUES (?, ?, ?, 0, 0)")
      .run(run, at, text);
    const id = Number(lastInsertRowid);
    store.db.prepare("UPDATE inbox SET sum = ? WHERE id = ?").run(rowCheck([id, run, at, text, 0]), id);
    return id;
  });
}

/** What waits to be consumed, oldest first. */
export function pendingRequests(store: Store, run: string): Request[] {
  return waiting(store, run).map(({ request }) => request);
}

/**
 * Takes what waits and appends what follows from it, as one step: a request is never lost between the two
 * and never acted upon twice, whoever else consumes and whenever the process dies.
 */
export function consumeRequests(
  store: Store,
  { run, at }: { run: string; at: number },
  toEvents: (request: Request) => readonly EventBody[],
): RunEvent[] {
  // Without the write lock, since nearly always nothing waits.
  if (waiting(store, run).length === 0) return [];
  return transaction(store.db, "inbox.take", () => {
    // Who posted it may not have known what is secret here.
    const take = store.db.prepare("UPDATE inbox SET taken = 1, body = ?, sum = ? WHERE id = ?");
    const bodies: EventBody[] = [];
    for (const { request, body } of waiting(store, run)) {
      const { text } = redactedJson(store.secrets.findOwn, JSON.parse(body) as RequestBody);
      take.run(text, rowCheck([request.id, run, request.at, text, 1]), request.id);
      bodies.push(...toEvents(request));
    }
    return insertEvents(store, { run, at }, bodies);
  });
}

function waiting({ db, file }: Store, run: string): Waiting[] {
  const rows = statement(
    db,
    "SELECT id, at, body, sum FROM inbox WHERE run = ? AND taken = 0 ORDER BY id",
  ).all(run);
  return rows.map((row) => {
    const id = numberOf(file, row["id"]);
    const at = numberOf(file, row["at"]);
    const body = textOf(file, row["body"]);
    if (rowCheck([id, run, at, body, 0]) !== row["sum"]) {
      throw damaged(file, `request ${id} is not what was written`);
    }
    return { request: { id, run, at, ...(JSON.parse(body) as RequestBody) }, body };
  });
}
