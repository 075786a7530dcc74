import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

import type { RunEvent } from "../../src/core/event.ts";
import { ensureFolder } from "../../src/journal/folder.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { restoreJournal, salvageJournal } from "../../src/journal/salvage/restore-journal.ts";
import { struckBytes } from "../support/fuzz.ts";
import { codeOf, newFolder, note, started } from "./support.ts";

const count = 30;

/** A closed journal of a run of `count` notes, with a conversation and two requests, and what it says. */
function aJournal(): { folder: string; bytes: Buffer; whole: RunEvent[] } {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 0, event: started("r1") });
  for (let i = 1; i <= count; i += 1) {
    journal.append({ run: "r1", at: i, event: note(`${i} ${"x".repeat(300)}`) });
    journal.conversation<string>({ run: "r1", task: "login", thread: 1 }).append(`turn ${i}`);
  }
  journal.post({ run: "r1", at: 5, request: { type: "note", task: "login", text: "early" } });
  journal.consume({ run: "r1", at: 6 }, () => []);
  journal.post({ run: "r1", at: count, request: { type: "note", task: "login", text: "late" } });
  const whole = journal.events("r1");
  journal.close();
  return { folder, bytes: readFileSync(join(folder, "journal.db")), whole };
}

/** A folder with a journal file of these bytes. */
function damagedTo(folder: string, bytes: Buffer): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "journal.db"), bytes);
  return folder;
}

function flipped(bytes: Buffer, place: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[place] = (bytes[place] ?? 0) ^ (1 << (place % 8));
  return changed;
}

/** Null when it is refused as damaged; nothing else may be said of it. */
function eventsOf(folder: string): RunEvent[] | null {
  let events: RunEvent[] | null = null;
  const code = codeOf(() => {
    using journal = openJournal({ folder, readOnly: true });
    events = journal.events("r1");
  });
  expect(["no error", "JOURNAL_DAMAGED", "JOURNAL_UNWRITABLE"]).toContain(code);
  return events;
}

function prefixKept(folder: string, whole: readonly RunEvent[]): number {
  const run = salvageJournal(folder).runs.find((salvaged) => salvaged.run === "r1");
  const events = (run?.events ?? []).map(({ body }) => JSON.parse(body) as RunEvent);
  expect(events).toEqual(whole.slice(0, events.length));
  return events.length;
}

test("no flipped bit gives another event, and what is salvaged is always a true beginning", () => {
  const { folder, bytes, whole } = aJournal();
  const place = join(dirname(folder), "flipped");
  const used = [...bytes.keys()].filter((at) => bytes[at] !== 0);
  const { places, isWhole } = struckBytes(used, (at) => at % 29 === 0 || at < 100);
  let told = 0;
  let kept = 0;
  for (const at of places) {
    damagedTo(place, flipped(bytes, at));
    const events = eventsOf(place);
    if (events !== null) {
      expect(events, `byte ${at}`).toEqual(whole);
      continue;
    }
    told += 1;
    if (told % 20 === 0) kept += prefixKept(place, whole);
  }
  if (!isWhole) return;
  expect(told).toBeGreaterThan(200);
  // On average more than a third of the run: a flip in the middle costs what comes after it.
  expect(kept / Math.floor(told / 20)).toBeGreaterThan(count / 3);
});

test("the first page may be lost whole: it is the same in every journal", () => {
  const { folder, bytes, whole } = aJournal();
  const place = damagedTo(join(dirname(folder), "headless"), Buffer.from(bytes).fill(0xff, 0, 4096));
  expect(eventsOf(place)).toBeNull();
  expect(prefixKept(place, whole)).toBe(whole.length);
});

test("a journal that is cut short anywhere is refused, or says what it said, and keeps its beginning", () => {
  const { folder, bytes, whole } = aJournal();
  const kept = new Set<number>();
  const { places, isWhole } = struckBytes([...bytes.keys()], (cut) => cut % (34 * 61) === 0);
  for (const cut of places) {
    const place = damagedTo(join(dirname(folder), "cut"), bytes);
    truncateSync(join(place, "journal.db"), cut);
    // An empty file is what a crash leaves of a journal that was being made.
    const events = cut === 0 ? null : eventsOf(place);
    if (events !== null) expect(events, `byte ${cut}`).toEqual(whole);
    if (cut % 61 === 0) kept.add(prefixKept(place, whole));
  }
  if (isWhole) expect(kept.size).toBeGreaterThan(3);
});

type Place = { folder: string; file: string };

/** What may stand in a journal's place, and how many of its 31 events the write-ahead log beside it still has. */
const standIns: Record<string, { make: (place: Place) => void; kept: number }> = {
  "a single byte": { make: ({ file }) => writeFileSync(file, "S"), kept: 0 },
  "a folder": { make: ({ file }) => mkdirSync(file), kept: 0 },
  "a short text": { make: ({ file }) => writeFileSync(file, "hello\n"), kept: 0 },
  "nothing, beside a write-ahead log": { make: ({ folder }) => logOf(folder), kept: 31 },
  "an empty file beside a write-ahead log": {
    make: ({ folder, file }) => (logOf(folder), writeFileSync(file, "")),
    kept: 31,
  },
};

/** Puts the write-ahead log of a whole journal there. */
function logOf(folder: string): void {
  const other = newFolder();
  using journal = openJournal({ folder: other });
  journal.append({ run: "r1", at: 0, event: started("r1") });
  for (let i = 1; i <= count; i += 1) journal.append({ run: "r1", at: i, event: note(`${i}`) });
  copyFileSync(join(other, "journal.db-wal"), join(folder, "journal.db-wal"));
}

test.each(Object.entries(standIns))(
  "%s in the journal's place is refused untouched, and restored to what is there",
  (_, { make, kept }) => {
    const folder = newFolder();
    ensureFolder(folder);
    make({ folder, file: join(folder, "journal.db") });
    const sizes = (): [string, number][] =>
      readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]);
    const before = sizes();
    for (const readOnly of [true, false])
      expect(codeOf(() => openJournal({ folder, readOnly }))).toBe("JOURNAL_DAMAGED");
    expect(sizes()).toEqual(before);
    const aside = restoreJournal(folder, 0);
    expect(readdirSync(aside)).toEqual(before.map(([name]) => name).filter((name) => name !== ".gitignore"));
    using journal = openJournal({ folder });
    expect(journal.events("r1")).toHaveLength(kept);
    expect(journal.verify()).toBe(kept);
  },
);

test("a write-ahead log cut anywhere in its last frames gives an exact beginning", () => {
  const folder = newFolder();
  using journal = openJournal({ folder });
  journal.append({ run: "r1", at: 1, event: started("r1") });
  journal.append({ run: "r1", at: 2, event: note("a") });
  const before = readFileSync(join(folder, "journal.db-wal")).length;
  journal.append({ run: "r1", at: 3, event: note("b") });
  const whole = journal.events("r1");
  const [db, wal] = ["journal.db", "journal.db-wal"].map((name) => readFileSync(join(folder, name)));
  const place = join(dirname(folder), "cut");
  const ends = Array.from({ length: (wal?.length ?? 0) + 1 - before }, (_, at) => before + at);
  for (const cut of struckBytes(ends, (cut) => (cut - before) % 61 === 0).places) {
    damagedTo(place, db ?? Buffer.alloc(0));
    writeFileSync(join(place, "journal.db-wal"), (wal ?? Buffer.alloc(0)).subarray(0, cut));
    expect(eventsOf(place)).toEqual(cut === wal?.length ? whole : whole.slice(0, 2));
  }
});

test("a restored journal goes on where its last true event was, and the damaged one is kept as it was", () => {
  const { folder, bytes, whole } = aJournal();
  const damaged = flipped(bytes, bytes.lastIndexOf("20 xxxx"));
  damagedTo(folder, damaged);
  expect(codeOf(() => openJournal({ folder }).verify())).toBe("JOURNAL_DAMAGED");

  const kept = restoreJournal(folder, 1_700_000_000_000);

  expect(readFileSync(join(kept, "journal.db"))).toEqual(damaged);
  using journal = openJournal({ folder });
  expect(journal.verify()).toBe(20);
  expect(journal.events("r1")).toEqual(whole.slice(0, 20));
  expect(journal.transcript({ run: "r1", task: "login" })).toHaveLength(count);
  // What was taken before is done; what came later waits again.
  expect(journal.pendingRequests("r1").map((request) => request.type === "note" && request.text)).toEqual([
    "late",
  ]);
  expect(journal.append({ run: "r1", at: 99, event: note("on") }).seq).toBe(21);
  expect(readdirSync(folder).filter((name) => name.startsWith("repairing"))).toEqual([]);
});

test("a repair that was broken off is refused until it is finished, and loses nothing", () => {
  const { folder, bytes, whole } = aJournal();
  damagedTo(folder, flipped(bytes, bytes.lastIndexOf("20 xxxx")));
  restoreJournal(folder, 0);
  // As after a crash between the two moves.
  copyFileSync(join(folder, "journal.db"), join(folder, "journal.db.restored"));
  damagedTo(folder, flipped(bytes, bytes.lastIndexOf("20 xxxx")));
  for (const readOnly of [true, false]) {
    expect(codeOf(() => openJournal({ folder, readOnly }))).toBe("JOURNAL_DAMAGED");
  }
  const kept = restoreJournal(folder, 0);
  expect(existsSync(join(kept, "journal.db"))).toBe(true);
  using journal = openJournal({ folder });
  expect(journal.events("r1")).toEqual(whole.slice(0, 20));
});
