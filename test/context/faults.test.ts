import { expect, test } from "vitest";
import { namesFault } from "../../src/context/faults/fault.ts";
import { findFaults } from "../../src/context/faults/find-faults.ts";

type Files = Record<string, string>;

async function faultsOf(gate: string | { name: string; command: string }, files: Files): Promise<string[]> {
  const named = typeof gate === "string" ? { name: "g", command: gate } : gate;
  const project = { files: Object.keys(files), read: async (path: string) => files[path] ?? null };
  const sorts = await findFaults(named, project);
  return sorts.flatMap(({ kind, faults }) => faults.map(({ path }) => `${kind} ${path}`));
}

const scripts = (all: Files): Files => ({ "package.json": JSON.stringify({ scripts: all }) });
const ts = { "src/a.ts": "", "src/a.test.ts": 'import { test } from "vitest";\n', "types.d.ts": "" };

test.each<[string, Files, string[]]>([
  ["npx tsc --noEmit", ts, ["type error src/a.ts"]],
  ["npm run types", { ...ts, ...scripts({ types: "tsc -b" }) }, ["type error src/a.ts"]],
  [
    "pnpm run check",
    {
      ...ts,
      ...scripts({ check: "pnpm lint && pnpm run fmt", lint: "eslint .", fmt: "prettier . --check" }),
    },
    ["lint violation src/a.ts", "format violation src/a.ts"],
  ],
  [
    "make -s all",
    { ...ts, Makefile: "all: x\n\tnpx biome ci\n" },
    ["lint violation src/a.ts", "format violation src/a.ts"],
  ],
  ["npm test", { ...ts, ...scripts({ test: "vitest run" }) }, ["failing test src/a.test.ts"]],
  ["npm test", { ...ts, ...scripts({ test: "npm test" }) }, []],
  ["npx vite build", ts, ["build error src/a.ts"]],
  ["prettier --write .", ts, []],
  ["jest", { "src/a.js": "" }, []],
  ["uv run --no-sync mypy .", { "app/a.py": "", "tests/test_a.py": "" }, ["type error app/a.py"]],
  ["python3 -m ruff check .", { "app/a.py": "" }, ["lint violation app/a.py"]],
  ["ruff format --check .", { "app/a.py": "" }, ["format violation app/a.py"]],
  ["python3 -m pytest", { "app/a.py": "", "tests/test_a.py": "" }, ["failing test tests/test_a.py"]],
  ["go vet ./...", { "a.go": "", "a_test.go": "" }, ["type error a.go"]],
  ["go test ./...", { "a.go": "", "a_test.go": "" }, ["failing test a_test.go"]],
  ["cargo clippy -- -D warnings", { "src/lib.rs": "" }, ["lint violation src/lib.rs"]],
  ["cargo test", { "src/lib.rs": "", "src/a.rs": "" }, ["failing test src/lib.rs"]],
  ["sh check.sh", ts, []],
])("%s in %j is proven with %j", async (command, files, faults) => {
  expect(await faultsOf(command, files)).toEqual(faults);
});

test("a gate that names no tool is known by its name and the project's language", async () => {
  expect(await faultsOf({ name: "unit", command: "sh t.sh" }, { "t.sh": "", "tests/test_a.py": "" })).toEqual(
    ["failing test tests/test_a.py"],
  );
  expect(await faultsOf({ name: "latest", command: "sh t.sh" }, { "tests/test_a.py": "" })).toEqual([]);
});

test("places far apart are tried, what is generated and configuration are not", async () => {
  const files = Object.fromEntries(
    ["src/index.ts", "src/a.ts", "src/deep/er/z.ts", "lib/b.ts", "dist/c.ts", "vite.config.ts"].map(
      (path) => [path, ""],
    ),
  );
  expect(await faultsOf("tsc", files)).toEqual([
    "type error src/index.ts",
    "type error src/deep/er/z.ts",
    "type error src/a.ts",
  ]);
});

test.each([
  ['import test from "node:test";\n', 'import { test as agentxPlanted } from "node:test";'],
  ['const { test } = require("node:test");\n', 'require("node:test").test('],
  ['import { it } from "@jest/globals";\n', 'import { test as agentxPlanted } from "@jest/globals";'],
  ['import test from "ava";\n', 'import agentxPlanted from "ava";'],
  ['Deno.test("a", () => {});\n', "Deno.test("],
  ['describe("a", () => { it("b", () => {}); });\n', "(globalThis.test ?? globalThis.it)("],
])("a failing test in the manner of %s", async (text, begins) => {
  const files: Files = { "a.test.js": text };
  const [sort] = await findFaults(
    { name: "test", command: "sh t.sh" },
    { files: Object.keys(files), read: async (path) => files[path] ?? null },
  );
  expect(sort?.faults[0]?.append).toContain(begins);
});

test("an output names a fault by its file or its mark", () => {
  expect(namesFault("add.ts(3,7): error TS2322", { path: "src/add.ts" })).toBe(true);
  expect(namesFault("--- FAIL: TestAgentxPlanted", { path: "src/add.ts" })).toBe(true);
  expect(namesFault("1 error", { path: "src/add.ts" })).toBe(false);
});
