import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFlags } from "../../../src/context/flags/find-flags.ts";
import type { Flag } from "../../../src/core/flag.ts";
import type { GateSpec } from "../../../src/core/run-settings.ts";
import { diffBetween } from "../../../src/git/objects/read-files.ts";
import { commitFiles, makeRepository } from "../../git/make-repository.ts";
import type { ChangeCase } from "./cases.ts";
import { harmless } from "./harmless.ts";
import { weakenedChecks } from "./weakened-checks.ts";
import { weakenedTests } from "./weakened-tests.ts";

const weakened = [...weakenedTests, ...weakenedChecks];

const gatesIn = (prefix: string): GateSpec[] => [
  {
    name: "check",
    command: `sh ./${prefix}scripts/check.sh && node --test ${prefix}test/add.test.js`,
    timeoutMs: 1,
    network: false,
  },
];

/** All changes are made in one pair of commits, each in a folder of its own. */
async function flagsOf(cases: readonly Pick<ChangeCase, "before" | "after">[]): Promise<Flag[][]> {
  const { root, repo } = await makeRepository({ "readme.md": "one\n" });
  const placed = (files: Record<string, string | null>, index: number): [string, string][] =>
    Object.entries(files).flatMap(([path, text]) =>
      text === null ? [] : [[join(folderOf(index), path), text]],
    );
  const from = commitFiles(
    root,
    Object.fromEntries(cases.flatMap(({ before }, index) => placed(before, index))),
  );
  for (const [index, { after }] of cases.entries())
    for (const path of Object.keys(after)) rmSync(join(root, folderOf(index), path), { force: true });
  const to = commitFiles(root, Object.fromEntries(cases.flatMap(({ after }, index) => placed(after, index))));
  return Promise.all(
    cases.map(async ({ before, after }, index) => {
      const diff = await diffBetween(repo, { from, to, paths: [folderOf(index)] });
      const paths = Object.keys({ ...before, ...after }).filter(
        (path) => before[path] !== after[path] && path in after,
      );
      const prefix = `${folderOf(index)}/`;
      const files = paths.map((path) => ({
        path: prefix + path,
        before: before[path] ?? null,
        after: after[path] ?? null,
      }));
      return findFlags({ diff, files, gates: gatesIn(prefix), resolutions: [] });
    }),
  );
}

const folderOf = (index: number): string => `case-${index}`;
const kindsOf = (flags: readonly Flag[]): string[] =>
  [...new Set(flags.map(({ kind }) => kind))].filter((kind) => kind !== "protected");

test("weakened tests and checks are found in real diffs, and what is none is left alone", async () => {
  expect(weakened.length).toBeGreaterThanOrEqual(40);
  expect(harmless.length).toBeGreaterThanOrEqual(40);
  const cases = [...weakened, ...harmless];
  const flags = await flagsOf(cases);
  const judged = cases.map(({ name, kinds }, index) => ({
    name,
    wanted: kinds,
    found: kindsOf(flags[index] ?? []),
  }));
  const count = (of: (one: (typeof judged)[number]) => readonly string[]): number =>
    judged.reduce((all, one) => all + of(one).length, 0);
  const right = count(({ wanted, found }) => wanted.filter((kind) => found.includes(kind)));
  const precision = right / count(({ found }) => found);
  const recall = right / count(({ wanted }) => wanted);
  const numbers = `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
  process.stdout.write(
    `flags: ${weakened.length} weakened and ${harmless.length} harmless changes: ${numbers}\n`,
  );
  expect(judged.filter(({ wanted, found }) => wanted.join() !== found.join())).toEqual([]);
});

test("a flag names its place, in the new text where there is one", async () => {
  const before = { "a.test.ts": "one();\n\nit('x', f);\n" };
  const [flags] = await flagsOf([{ before, after: { "a.test.ts": "one();\n\n\nit.skip('x', f);\n" } }]);
  expect(flags).toMatchObject([
    { kind: "skipped", file: "case-0/a.test.ts", line: 4, quote: "it.skip('x', f);" },
  ]);
});

test("protected files and the programs of gates are found; the same change has one id, another has another", async () => {
  const before = {
    "package.json": "{}\n",
    "scripts/check.sh": "exit 1\n",
    "test/add.test.js": "f();\n",
    "a.js": "1\n",
  };
  const after = {
    "package.json": '{"a":1}\n',
    "scripts/check.sh": "exit 0\n",
    "test/add.test.js": "g();\n",
    "a.js": "2\n",
  };
  const [flags = []] = await flagsOf([{ before, after }]);
  expect(flags.map(({ kind, file }) => [kind, file])).toEqual([
    ["protected", "case-0/package.json"],
    ["protected", "case-0/scripts/check.sh"],
  ]);
  const [again = []] = await flagsOf([{ before, after }]);
  expect(again.map(({ id }) => id)).toEqual(flags.map(({ id }) => id));
  const [other = []] = await flagsOf([{ before, after: { ...after, "package.json": '{"a":2}\n' } }]);
  expect(other[0]?.id).not.toBe(flags[0]?.id);
});
