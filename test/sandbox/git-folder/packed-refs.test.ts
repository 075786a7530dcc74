import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePacked, readPacked } from "../../../src/sandbox/git-folder/packed-refs.ts";

const commit = fc.constantFrom("1", "2", "3", "4").map((digit) => digit.repeat(40));
// "-" comes before "/" and "é" is two bytes: such names come in another order than a walk through the folders gives.
const part = fc.constantFrom("a", "b", "a-b", "b.c", "é", "😀", "ﬀ");
const name = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => Buffer.from(`refs/${parts.join("/")}`).toString("latin1"));
const packed = fc.dictionary(name, fc.record({ commit, peeled: fc.option(commit) }));
const loose = fc.dictionary(name, commit);

function recordOf(ref: string, { commit: at, peeled }: { commit: string; peeled: string | null }): string {
  return `${at} ${ref}\n${peeled === null ? "" : `^${peeled}\n`}`;
}

test("refs in files are put among the packed ones, before those of the same name", () => {
  fc.assert(
    fc.property(packed, loose, (before, refs) => {
      const text = Object.entries(before).map(([ref, record]) => recordOf(ref, record));
      const merged = mergePacked(
        readPacked(`# pack-refs with: peeled fully-peeled \n${text.join("")}`),
        Object.entries(refs).map(([ref, at]) => ({ name: ref, commit: at })),
      );
      const all = { ...before };
      for (const [ref, at] of Object.entries(refs)) all[ref] = { commit: at, peeled: null };
      const bytes = (ref: string): Buffer => Buffer.from(ref, "latin1");
      const expected = Object.entries(all)
        .toSorted(([a], [b]) => Buffer.compare(bytes(a), bytes(b)))
        .map(([ref, record]) => recordOf(ref, record));
      expect(merged).toBe(`# pack-refs with: sorted \n${expected.join("")}`);
    }),
    { numRuns: 100 },
  );
});

test("what git has sorted is taken as it is, and what has no first line is sorted", () => {
  const [one, two] = ["1".repeat(40), "2".repeat(40)];
  const refs = `${one} refs/heads/a\n${two} refs/tags/t\n^${one}\n`;
  expect(readPacked(`# pack-refs with: peeled fully-peeled sorted \n${refs}`)).toBe(refs);
  expect(readPacked(`${two} refs/tags/t\n^${one}\n${one} refs/heads/a\n`)).toBe(refs);
  expect(readPacked("")).toBe("");
});
