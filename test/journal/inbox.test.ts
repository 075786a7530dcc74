import { once } from "node:events";
import { expect, test } from "vitest";

import { openJournal } from "../../src/journal/journal.ts";
import { exitOf, newFolder, note, started, startProgram } from "./support.ts";

test("a request waits until it is consumed, also while nobody dispatches", () => {
  const folder = newFolder();
  {
    using journal = openJournal({ folder });
    journal.append({ run: "r1", at: 1, event: started("r1") });
  }
  {
    using terminal = openJournal({ folder });
    terminal.post({ run: "r1", at: 2, request: { type: "answer", question: 3, text: "yes" } });
    terminal.post({ run: "r2", at: 3, request: { type: "cancel", task: "login" } });
  }
  using journal = openJournal({ folder });
  expect(journal.pendingRequests("r1")).toEqual([
    { id: 1, run: "r1", at: 2, type: "answer", question: 3, text: "yes" },
  ]);
  const events = journal.consume({ run: "r1", at: 4 }, (request) => [note(`${request.type} ${request.id}`)]);
  expect(events.map((event) => event.seq)).toEqual([2]);
  expect(journal.pendingRequests("r1")).toEqual([]);
  expect(journal.consume({ run: "r1", at: 5 }, () => [note("again")])).toEqual([]);
  expect(journal.events("r1")).toHaveLength(2);
  expect(journal.pendingRequests("r2")).toHaveLength(1);
});

test("a request whose events could not be appended still waits", () => {
  using journal = openJournal({ folder: newFolder() });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  journal.post({ run: "r1", at: 2, request: { type: "note", task: "login", text: "a" } });
  journal.post({ run: "r1", at: 2, request: { type: "note", task: "login", text: "b" } });
  const consume = (): unknown =>
    journal.consume({ run: "r1", at: 3 }, (request) => {
      if (request.id === 2) throw new Error("not now");
      return [note("a")];
    });
  expect(consume).toThrow("not now");
  expect(journal.pendingRequests("r1")).toHaveLength(2);
  expect(journal.events("r1")).toHaveLength(1);
});

test("a write of another process shows in the data version, one's own does not", () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  using other = openJournal({ folder });
  const before = journal.dataVersion();
  journal.post({ run: "r1", at: 1, request: { type: "cancel", task: "login" } });
  expect(journal.dataVersion()).toBe(before);
  other.post({ run: "r1", at: 1, request: { type: "cancel", task: "login" } });
  expect(journal.dataVersion()).not.toBe(before);
});

test("two processes that consume at once act on every request exactly once", async () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  const consumers = [1, 2].map(() => startProgram("consume", [folder, "r1"]));
  await Promise.all(consumers.map(({ lines }) => once(lines, "line")));
  const texts = [...Array.from({ length: 200 }, (_, i) => `request ${i}`), "stop"];
  for (const text of texts) {
    journal.post({ run: "r1", at: 2, request: { type: "note", task: "login", text } });
  }
  expect(await Promise.all(consumers.map(({ child }) => exitOf(child)))).toEqual([0, 0]);
  const seen = journal.events("r1").flatMap((event) => (event.type === "note.added" ? [event.text] : []));
  expect(seen).toEqual(texts);
});
