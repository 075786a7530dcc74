import {
  change,
  type ChangeCase,
  eslintConfig,
  jsTest,
  packageJson,
  snapshot,
  tsconfig,
  vitestConfig,
  workflow,
} from "./cases.ts";

const js = "test/add.test.js";

export const weakenedChecks: readonly ChangeCase[] = [
  change("strict off", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('"strict": true', '"strict": false'),
    kinds: ["compiler-loosened"],
  }),
  change("a strict flag is taken out", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('    "noUncheckedIndexedAccess": true,\n', ""),
    kinds: ["compiler-loosened"],
  }),
  change("skipLibCheck", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('"skipLibCheck": false', '"skipLibCheck": true'),
    kinds: ["compiler-loosened"],
  }),
  change("noImplicitAny false under strict", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('"strict": true,', '"strict": true,\n    "noImplicitAny": false,'),
    kinds: ["compiler-loosened"],
  }),
  change("files are excluded", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('["node_modules"]', '["node_modules", "src/legacy"]'),
    kinds: ["compiler-loosened"],
  }),
  change("mypy is told to ignore", "pyproject.toml", {
    from: "[tool.mypy]\nstrict = true\n",
    to: "[tool.mypy]\nstrict = false\nignore_errors = true\n",
    kinds: ["compiler-loosened"],
  }),
  change("a lint rule is off", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace('"no-console": "error"', '"no-console": "off"'),
    kinds: ["lint-loosened"],
  }),
  change("a lint rule is only a warning", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace('["error", "always"]', '["warn", "always"]'),
    kinds: ["lint-loosened"],
  }),
  change("a lint rule is taken out", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace('      "no-console": "error",\n', ""),
    kinds: ["lint-loosened"],
  }),
  change("an oxlint rule is off", ".oxlintrc.json", {
    from: '{\n  "rules": {\n    "no-debugger": "error"\n  }\n}\n',
    to: '{\n  "rules": {\n    "no-debugger": "off"\n  }\n}\n',
    kinds: ["lint-loosened"],
  }),
  change("a new override with off", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace("];", '  { files: ["src/**"], rules: { "no-undef": 0 } },\n];'),
    kinds: ["lint-loosened"],
  }),
  change("ruff ignores more", "ruff.toml", {
    from: 'ignore = ["E501"]\n',
    to: 'ignore = ["E501", "F841"]\n',
    kinds: ["lint-loosened"],
  }),
  change("eslint-disable", "src/a.ts", {
    from: "export const a = 1;\n",
    to: "/* eslint-disable */\nexport const a = 1;\n",
    kinds: ["suppressed"],
  }),
  change("@ts-ignore", "src/a.ts", {
    from: "export const a = b;\n",
    to: "// @ts-ignore\nexport const a = b;\n",
    kinds: ["suppressed"],
  }),
  change("@ts-expect-error", "src/a.tsx", {
    from: "f(1);\n",
    to: "f(\n  // @ts-expect-error: later\n  1,\n);\n",
    kinds: ["suppressed"],
  }),
  change("noqa", "cart.py", {
    from: "import os\n",
    to: "import os, sys  # noqa: E401\n",
    kinds: ["suppressed"],
  }),
  change("type: ignore", "cart.py", {
    from: "x = f()\n",
    to: "x = f()  # type: ignore\n",
    kinds: ["suppressed"],
  }),
  change("allow in Rust", "src/main.rs", {
    from: "fn main() {}\n",
    to: "#[allow(dead_code)]\nfn f() {}\nfn main() {}\n",
    kinds: ["suppressed"],
  }),
  change("the test script is exit 0", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"exit 0"'),
    kinds: ["test-script"],
  }),
  change("the test script echoes", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"echo all tests passed"'),
    kinds: ["test-script"],
  }),
  change("|| true", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"node --test || true"'),
    kinds: ["test-script"],
  }),
  change("--passWithNoTests", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"vitest run --passWithNoTests"'),
    kinds: ["test-script"],
  }),
  change("the lint script is taken out", "package.json", {
    from: packageJson,
    to: packageJson.replace('    "lint": "eslint .",\n', ""),
    kinds: ["test-script"],
  }),
  change("make test never fails", "Makefile", {
    from: "test:\n\tpytest\n",
    to: "test:\n\tpytest || true\n",
    kinds: ["test-script"],
  }),
  change("a step of CI is taken out", ".github/workflows/ci.yml", {
    from: workflow,
    to: workflow.replace("      - name: Test\n        run: npm test\n", ""),
    kinds: ["ci-step"],
  }),
  change("continue-on-error", ".github/workflows/ci.yml", {
    from: workflow,
    to: `${workflow}        continue-on-error: true\n`,
    kinds: ["ci-step"],
  }),
  change("a workflow is deleted", ".github/workflows/ci.yml", {
    from: workflow,
    to: null,
    kinds: ["ci-step"],
  }),
  change("process.exit(0) in a test", js, {
    from: jsTest,
    to: `${jsTest}\nprocess.exit(0);\n`,
    kinds: ["early-exit"],
  }),
  change("process.exit(0) in vitest's config", "vitest.config.ts", {
    from: vitestConfig,
    to: vitestConfig.replace("export default", "process.exit(0);\nexport default"),
    kinds: ["early-exit"],
  }),
  change("os._exit in conftest.py", "conftest.py", {
    from: "import os\n",
    to: "import os\n\n\ndef pytest_sessionfinish():\n    os._exit(0)\n",
    kinds: ["early-exit"],
  }),
  change("snapshots are rewritten", "test/__snapshots__/view.test.ts.snap", {
    from: snapshot,
    to: snapshot.replaceAll("<p>", "<div>"),
    kinds: ["snapshot-rewritten"],
  }),
  change("coverage is lowered", "vitest.config.ts", {
    from: vitestConfig,
    to: vitestConfig.replace("lines: 90", "lines: 50"),
    kinds: ["coverage-lowered"],
  }),
  change("coverage is taken out", "pyproject.toml", {
    from: "[tool.coverage.report]\nfail_under = 90\n",
    to: "[tool.coverage.report]\n",
    kinds: ["coverage-lowered"],
  }),
  change("a NUL hides the diff", js, {
    from: jsTest,
    to: `// \0\n${jsTest.replace('test("adds two', 'test.skip("adds two')}`,
    kinds: ["skipped"],
  }),
  change("a name that git quotes", "test/añadir.test.js", {
    from: jsTest,
    to: jsTest.replace('test("adds two', 'test.only("adds two'),
    kinds: ["focused"],
  }),
];
