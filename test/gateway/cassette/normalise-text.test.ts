import fc from "fast-check";
import { expect, test } from "vitest";
import { normaliseText } from "../../../src/gateway/cassette/normalise-text.ts";

const pairs: [string, string, string][] = [
  ["a date", "Today's date is 2026-11-22.", "Today's date is 2027-01-03."],
  ["a moment", "at 2026-11-22T20:11:24.123Z!", "at 2027-01-03T01:02:03Z!"],
  ["a day in words", "It is Sunday, November 22, 2026.", "It is Monday, January 4, 2027."],
  ["a listing", "-rw-r--r-- 1 u u 12 Nov 22 20:11 a.ts", "-rw-r--r-- 1 u u 12 Dec  1 08:05 a.ts"],
  ["a short day", "11/22/2026, 8:11:24 PM", "1/3/2027, 10:05:00 AM"],
  ["a UUID", "id 6ba7b810-9dad-11d1-80b4-00c04fd430c8", "id 5d2fd3a0-1111-4abc-9def-1234567890ab"],
  [
    "an id with a UUID in it",
    "msg_cd8f6096-de27-55c5-b419-c55e2e534eda",
    "msg_01a20505-532e-74d0-81a8-e3cd80a96fbb",
  ],
  ["a run", "branch agentx/1k2j3h4abc/login", "branch agentx/1zz9y8xqqq/login"],
  ["a temporary path", 'in "/tmp/claude-0/x/tasks" now', 'in "/tmp/claude-1000/y" now'],
  ["a worktree", "/s/app-1a2b3c4d/worktrees/3/src/a.ts", "/s/app-99ffee00/worktrees/12/src/a.ts"],
  ["a worktree as a name", "-s-app-worktrees-3", "-s-app-worktrees-11"],
  [
    "a commit",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "commit 1234567890123456789012345678901234567890",
  ],
  ["a short commit", "HEAD is now at 24a8dde Take", "HEAD is now at 3464665f Take"],
  ["a port", "http://127.0.0.1:41234/x", "http://127.0.0.1:5/x"],
  ["a duration", "Duration  312ms (tests 1.02s)", "Duration  9ms (tests 14s)"],
  ["a time stamp", '"at": 1795292000123', '"at": 1801234567890'],
  ["an id with a time in it", "run_shell_command_1795380100254_0", "run_shell_command_1801234567890_0"],
  [
    "a piece of output in Codex",
    "Chunk ID: d08528\nOriginal token count: 32\nWall time: 0.0000 seconds",
    "Chunk ID: 123456\nOriginal token count: 7\nWall time: 1.5 seconds",
  ],
  ["a process", "Process Group PGID: 32, pid=7", "Process Group PGID: 4711, pid=123"],
  ["Claude Code's header", "cc_version=2.1.330.a1f; cch=0a1b2;", "cc_version=2.1.330.77c; cch=fffff;"],
];

test.each(pairs)("%s is the same another time", (_name, one, other) => {
  expect(normaliseText(one)).toBe(normaliseText(other));
  expect(normaliseText(one)).not.toBe(one);
});

test("what a task is about stays: words, numbers, code, versions", () => {
  const text = "Add port 8080 and 12345678 to `deadbeef` in src/worktree.ts, v1.2.3, #ffffff, face, 1.5 MB";
  expect(normaliseText(text)).toBe(text);
});

test("known folders have their names, the longest first, also outside of the usual places", () => {
  const here = { home: "/home/me", worktree: "/home/me/deep/checkout", scratch: "/" };
  const there = { home: "/Users/you", worktree: "/srv/checkout", scratch: "/data/s" };
  expect(normaliseText("cd /home/me/deep/checkout/src && ls /home/me/.x", here)).toBe(
    normaliseText("cd /srv/checkout/src && ls /Users/you/.x", there),
  );
  expect(normaliseText("a/b", here)).toBe("a/b");
});

test("any text is taken, and quickly", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof normaliseText(text) === "string"));
  const hostile = ["1", "a1", "2026-11-", "/tmp/", "Sun ", "Nov  "].map((part) =>
    part.repeat(200_000 / part.length),
  );
  for (const text of hostile) {
    const began = performance.now();
    normaliseText(text);
    expect(performance.now() - began).toBeLessThan(5_000);
  }
});
