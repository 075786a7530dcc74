import { expect, test } from "vitest";

import { detectProject } from "../../src/config/detect.ts";
import { packageJson, projectOf } from "./support.ts";

type Case = [title: string, files: Record<string, string>, gates: string[], setup: string | null];

const vitest = { scripts: { test: "vitest run" }, devDependencies: { vitest: "^5" } };

const cases: Case[] = [
  [
    "an npm project with a lock file",
    { "package.json": packageJson(vitest), "package-lock.json": "{}" },
    ["test: npm test"],
    "npm ci --ignore-scripts",
  ],
  [
    "an npm project without a lock file",
    { "package.json": packageJson(vitest) },
    ["test: npm test"],
    "npm install --ignore-scripts",
  ],
  [
    "scripts in the order typecheck, lint, test, and no build beside them",
    {
      "package.json": packageJson({
        scripts: { build: "tsc", test: "node --test", lint: "eslint .", "check-types": "tsc --noEmit" },
        devDependencies: { typescript: "^7" },
      }),
      "tsconfig.json": "{}",
      "pnpm-lock.yaml": "",
    },
    ["typecheck: pnpm run check-types", "lint: pnpm run lint", "test: pnpm run test"],
    "pnpm install --frozen-lockfile --ignore-scripts",
  ],
  [
    "tsc itself where no script checks types",
    {
      "package.json": packageJson({ ...vitest, devDependencies: { typescript: "^7" } }),
      "tsconfig.json": "{}",
    },
    ["typecheck: npx --no-install tsc --noEmit", "test: npm test"],
    "npm install --ignore-scripts",
  ],
  [
    "no tsc where typescript is not a dependency",
    { "package.json": packageJson(vitest), "tsconfig.json": "{}" },
    ["test: npm test"],
    "npm install --ignore-scripts",
  ],
  [
    "npm's placeholder for a test is no test",
    { "package.json": packageJson({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) },
    [],
    null,
  ],
  [
    "a test that watches never ends, so it is no gate",
    { "package.json": packageJson({ scripts: { test: "jest --watchAll", lint: "oxlint" } }) },
    ["lint: npm run lint"],
    null,
  ],
  [
    "a test that says it does not watch is one",
    { "package.json": packageJson({ scripts: { test: "jest --watch=false" } }) },
    ["test: npm test"],
    null,
  ],
  [
    "the build where there is nothing else",
    { "package.json": packageJson({ scripts: { build: "astro build" }, dependencies: { astro: "1" } }) },
    ["build: npm run build"],
    "npm install --ignore-scripts",
  ],
  [
    "the packageManager field before a stray lock file",
    {
      "package.json": packageJson({ ...vitest, packageManager: "pnpm@10.1.0" }),
      "package-lock.json": "{}",
      "pnpm-lock.yaml": "",
    },
    ["test: pnpm run test"],
    "pnpm install --frozen-lockfile --ignore-scripts",
  ],
  [
    "yarn 1",
    { "package.json": packageJson(vitest), "yarn.lock": "# yarn lockfile v1\n" },
    ["test: yarn run test"],
    "yarn install --frozen-lockfile --ignore-scripts",
  ],
  [
    "yarn berry",
    { "package.json": packageJson(vitest), "yarn.lock": "__metadata:\n  version: 8\n" },
    ["test: yarn run test"],
    "yarn install --immutable --mode=skip-build",
  ],
  [
    "bun, whose own test runner is not the script",
    { "package.json": packageJson(vitest), "bun.lock": "{}" },
    ["test: bun run test"],
    "bun install --frozen-lockfile --ignore-scripts",
  ],
  [
    "python with uv, ruff, mypy and pytest",
    {
      "pyproject.toml":
        "[project]\nname = 'x'\n[tool.ruff.lint]\nselect = ['E']\n[[tool.mypy.overrides]]\n[tool.pytest.ini_options]\n",
      "uv.lock": "",
    },
    [
      "typecheck: uv run --no-sync mypy .",
      "lint: uv run --no-sync ruff check .",
      "test: uv run --no-sync pytest",
    ],
    "uv sync --frozen",
  ],
  [
    "python with poetry, pyright and test files",
    { "pyproject.toml": "[tool.poetry]\nname='x'\n", "pyrightconfig.json": "{}", "tests/test_a.py": "" },
    ["typecheck: poetry run pyright", "test: poetry run pytest"],
    "poetry install --no-interaction",
  ],
  [
    "python with requirements.txt",
    { "requirements.txt": "pytest\n", "pytest.ini": "[pytest]\n" },
    ["test: .venv/bin/python -m pytest"],
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
  ],
  ["rust without dependencies", { "Cargo.toml": "[package]\nname='x'\n" }, ["test: cargo test"], null],
  [
    "rust with clippy and dependencies",
    { "Cargo.toml": "[dependencies]\nserde='1'\n[lints.clippy]\nall='warn'\n", "Cargo.lock": "" },
    ["lint: cargo clippy --all-targets -- -D warnings", "test: cargo test"],
    "cargo fetch --locked",
  ],
  [
    "go",
    { "go.mod": "module x\n\nrequire (\n\tb v1.0.0\n)\n" },
    ["vet: go vet ./...", "test: go test ./..."],
    "go mod download",
  ],
  [
    "a Makefile alone",
    { Makefile: "test := no\n.PHONY: lint test\nlint:\n\truff check\nbuild test: x\n\techo\n# typecheck:\n" },
    ["lint: make lint", "test: make test"],
    null,
  ],
  [
    "a Makefile with GNU's name for tests",
    { Makefile: "check: all\n\t./run\n" },
    ["check: make check"],
    null,
  ],
  [
    "a Makefile that fills what the language's tools leave open",
    { "go.mod": "module x\n", Makefile: "test:\n\tgo test\nlint:\n\tgolangci-lint run\n" },
    ["vet: go vet ./...", "test: go test ./...", "lint: make lint"],
    null,
  ],
  [
    "two languages side by side",
    { "package.json": packageJson(vitest), "package-lock.json": "{}", "go.mod": "module x\nrequire b v1\n" },
    ["test: npm test", "vet: go vet ./...", "go-test: go test ./..."],
    "npm ci --ignore-scripts && go mod download",
  ],
  ["nothing at all", { "README.md": "hello" }, [], null],
];

test.each(cases)("detects %s", async (...[, files, gates, setup]) => {
  const detected = await detectProject(projectOf(files));
  expect(detected.gates.map(({ name, command }) => `${name}: ${command}`)).toEqual(gates);
  expect(detected.setup?.command ?? null).toBe(setup);
  for (const gate of detected.gates) expect(gate).toMatchObject({ timeoutMs: 600_000, network: false });
});

test("the notes say why, a sentence each", async () => {
  const { notes } = await detectProject(
    projectOf({ "package.json": packageJson(vitest), "pnpm-lock.yaml": "" }),
  );
  expect(notes).toEqual([
    "Dependencies come from `pnpm install --frozen-lockfile --ignore-scripts` (pnpm-lock.yaml).",
    "Their install scripts are not run. For a project that needs them: `setup: pnpm install --frozen-lockfile`.",
    "The gate test runs the script test of package.json.",
  ]);
});

test("the notes say what was not found", async () => {
  const notesOf = async (files: Record<string, string>): Promise<string> =>
    (await detectProject(projectOf(files))).notes.join("\n");
  expect(await notesOf({})).toBe("No command was found that checks this project.");
  expect(await notesOf({ "web/package.json": "{}" })).toContain("web/package.json is not in the root");
  expect(await notesOf({ "package.json": packageJson({ scripts: { lint: "x" } }) })).toContain(
    "No tests were found",
  );
  expect(await notesOf({ "package.json": "{ broken" })).toContain("not readable as JSON");
  expect(await notesOf({ "package.json": "{}", "tsconfig.json": "" })).toContain(
    "typescript is no dependency",
  );
});
