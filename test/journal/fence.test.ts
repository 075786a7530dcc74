import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { acquireDispatcherLock, dispatcherStatus } from "../../src/journal/lock.ts";
import { codeOf, newFolder, note, started } from "./support.ts";

const self = { pid: process.pid, since: 1, command: "agentx dispatch plan.md", root: "/repo" };

test("a dispatcher whose lock was taken away appends nothing more, and takes its name from nobody", () => {
  const folder = newFolder();
  using first = acquireDispatcherLock({ folder, ...self });
  using stale = openJournal({ folder, isHeld: first.isHeld });
  stale.append({ run: "r1", at: 1, event: started("r1") });
  rmSync(join(folder, "lock.db"));
  expect(first.isHeld()).toBe(false);
  using second = acquireDispatcherLock({ folder, ...self, since: 2 });
  using journal = openJournal({ folder, isHeld: second.isHeld });

  expect(codeOf(() => stale.append({ run: "r1", at: 2, event: note("late") }))).toBe("DISPATCHER_REPLACED");
  stale.post({ run: "r1", at: 2, request: { type: "note", task: "a", text: "for whoever works" } });
  const consume = (): unknown => stale.consume({ run: "r1", at: 3 }, () => [note("late")]);
  expect(codeOf(consume)).toBe("DISPATCHER_REPLACED");
  first.release();
  expect(second.isHeld()).toBe(true);
  expect(dispatcherStatus(folder)).toMatchObject({ running: true, dispatcher: { since: 2 } });

  journal.append({ run: "r1", at: 4, event: note("in time") });
  expect(journal.events("r1").map(({ seq, at }) => [seq, at])).toEqual([
    [1, 1],
    [2, 4],
  ]);
  expect(journal.pendingRequests("r1")).toHaveLength(1);
});

test("nor does one that missed what another wrote, whatever it believes of its lock", () => {
  const folder = newFolder();
  using stale = openJournal({ folder, isHeld: () => true });
  using other = openJournal({ folder, isHeld: () => true });
  stale.append({ run: "r1", at: 1, event: started("r1") });
  other.append({ run: "r1", at: 2, event: note("taken over") });
  expect(codeOf(() => stale.append({ run: "r1", at: 3, event: note("late") }))).toBe("DISPATCHER_REPLACED");
  other.append({ run: "r1", at: 4, event: note("goes on") });
  expect(other.events("r1")).toHaveLength(3);
});
