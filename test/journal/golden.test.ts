import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { replay } from "../../src/core/apply-event.ts";
import { nextActions } from "../../src/core/next-actions.ts";
import { openQuestions } from "../../src/core/run-state.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { migrations, schemaVersion } from "../../src/journal/schema.ts";
import { openSqlite } from "../../src/journal/sqlite.ts";
import { codeOf, newFolder } from "./support.ts";

const golden = join(import.meta.dirname, "../fixtures/journals");
const events = readFileSync(join(golden, "events.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { run: string; type: string });

function aCopy(schema: number): string {
  const folder = newFolder();
  mkdirSync(folder);
  copyFileSync(join(golden, `schema-${schema}.db`), join(folder, "journal.db"));
  return folder;
}

test("the golden journals hold events of every kind that there was", () => {
  expect(new Set(events.map(({ type }) => type)).size).toBe(29);
});

test.each(migrations.map((_, index) => index + 1))(
  "a journal of schema %i is read as it was written",
  (schema) => {
    const folder = aCopy(schema);
    const isOld = schema < migrations.length;
    const read = codeOf(() => openJournal({ folder, readOnly: true }).close());
    expect(read).toBe(isOld ? "JOURNAL_OLDER" : "no error");

    using journal = openJournal({ folder });
    const runs = journal.runs().map(({ run }) => run);
    expect(runs.flatMap((run) => journal.events(run).map((event) => ({ run, ...event })))).toEqual(events);
    expect(journal.verify()).toBe(events.length);
    const [first = "", second = ""] = runs;
    expect(journal.pendingRequests(first).map(({ type }) => type)).toEqual(["retry", "retry"]);
    expect(journal.transcript({ run: first, task: "red" }).length).toBeGreaterThan(5);
    const state = replay(journal.events(first));
    expect([...state.tasks.values()].map(({ task, state: { type } }) => `${task.id} ${type}`)).toEqual([
      "asks merged",
      "red merged",
      "rejected failed",
      "flagged merged",
      "conflict-a merged",
      "conflict-b merged",
      "looked done",
      "fails blocked",
      "canceled canceled",
      "skipped skipped",
    ]);
    expect(openQuestions(state).map(({ id }) => id)).toEqual([6]);
    expect(nextActions(state)).toEqual([]);
    expect(replay(journal.events(second)).phase).toBe("finished");
    expect(journal.append({ run: first, at: 1, event: { type: "run.resumed", pid: 1 } }).seq).toBeGreaterThan(
      100,
    );

    const copy = join(folder, `journal.db.schema-${schema}`);
    expect(existsSync(copy)).toBe(isOld);
    if (!isOld) return;
    const kept = openSqlite(copy, { readOnly: true, busyMs: 0 });
    const count = kept.prepare("SELECT count(*) AS count FROM events").get()?.["count"];
    expect([schemaVersion(kept), count]).toEqual([schema, events.length]);
    kept.close();
  },
);
