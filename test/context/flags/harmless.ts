import {
  change,
  type ChangeCase,
  eslintConfig,
  goTest,
  jsTest,
  packageJson,
  pyTest,
  rustLib,
  snapshot,
  tsconfig,
  vitestConfig,
  vitestTest,
  workflow,
} from "./cases.ts";

const js = "test/add.test.js";
const ts = "test/cart.test.ts";
const py = "tests/test_cart.py";

export const harmless: readonly ChangeCase[] = [
  change("a new test file", js, { from: null, to: jsTest }),
  change("a new test", js, {
    from: jsTest,
    to: `${jsTest}\ntest("adds more", () => assert.equal(add(2, 2), 4));\n`,
  }),
  change("a test has a new name", js, {
    from: jsTest,
    to: jsTest.replace("adds two numbers", "adds two small numbers"),
  }),
  change("a test has quite another name", js, {
    from: jsTest,
    to: jsTest.replace("refuses words", "takes numbers only"),
  }),
  {
    name: "a test file has moved",
    before: { [js]: jsTest },
    after: { [js]: null, "test/math/add.test.js": jsTest },
    kinds: [],
  },
  {
    name: "a test file has moved and changed its imports",
    before: { [js]: jsTest },
    after: { [js]: null, "src/add.test.js": jsTest.replace("../src/add.js", "./add.js") },
    kinds: [],
  },
  {
    name: "a test has moved to another file",
    before: { [js]: jsTest },
    after: {
      [js]: jsTest.slice(0, jsTest.indexOf('test("refuses')),
      "test/words.test.js": jsTest.slice(jsTest.indexOf('test("refuses')),
    },
    kinds: [],
  },
  {
    name: "a test file is split in two",
    before: { [py]: pyTest },
    after: {
      [py]: null,
      "tests/test_sums.py": pyTest.slice(0, pyTest.indexOf("class")),
      "tests/test_discount.py": pyTest.slice(pyTest.indexOf("class")),
    },
    kinds: [],
  },
  change("tests come in another order", js, {
    from: jsTest,
    to: jsTest.replace(/(test\("adds two[^]*?\n\}\);\n)\n(test\("adds nothing[^]*?\n\}\);\n)/, "$2\n$1"),
  }),
  change("a describe around the tests", ts, {
    from: vitestTest,
    to: vitestTest.replace(
      / {2}it[^]*\n(?=\}\);)/,
      (text) => `  describe("whole", () => {\n${text.replace(/^(?=.)/gm, "  ")}  });\n`,
    ),
  }),
  change("tests become a table", js, {
    from: jsTest,
    to: `${jsTest.slice(0, jsTest.indexOf('test("adds two'))}test.each([[1, 2, 3], [1, 0, 1]])("adds %d and %d", (a, b, sum) => {\n  assert.equal(add(a, b), sum);\n});\n${jsTest.slice(jsTest.indexOf('\ntest("refuses'))}`,
  }),
  change("test becomes it", js, { from: jsTest, to: jsTest.replaceAll('test("', 'it("') }),
  change("tests become async", js, { from: jsTest, to: jsTest.replaceAll(", () => {", ", async () => {") }),
  change("another assertion", ts, { from: vitestTest, to: vitestTest.replace("toBe(3)", "toEqual(3)") }),
  change("another expectation", ts, { from: vitestTest, to: vitestTest.replace("toBe(45)", "toBe(40)") }),
  change("assertions move to a helper", js, {
    from: jsTest,
    to: jsTest.replace(
      "  assert.equal(add(1, 0), 1);\n  assert.equal(add(0, 1), 1);\n",
      "  assertNeutral(0);\n",
    ),
  }),
  change("two assertions become one", js, {
    from: jsTest,
    to: jsTest.replace(
      "  assert.equal(add(1, 0), 1);\n  assert.equal(add(0, 1), 1);\n",
      "  assert.deepEqual([add(1, 0), add(0, 1)], [1, 1]);\n",
    ),
  }),
  change("words about only and skip", js, {
    from: jsTest,
    to: `${jsTest}\n// never use test.only( or it.skip( here\ntest("says it.only('x')", () => assert.ok(add(1, 1)));\n`,
  }),
  change("a template with only in it", ts, {
    from: vitestTest,
    to: `${vitestTest}\nexport const code = \`\n  it.only("x", () => {});\n  describe.skip("y", () => {});\n\`;\n`,
  }),
  change("a skip is taken out", ts, {
    from: vitestTest.replace('it("sums', 'it.skip("sums'),
    to: vitestTest,
  }),
  change("an only is taken out", ts, {
    from: vitestTest.replace('it("sums', 'it.only("sums'),
    to: vitestTest,
  }),
  change("a skipped test has a new name", ts, {
    from: vitestTest.replace('it("sums', 'it.skip("sums'),
    to: vitestTest.replace('it("sums the', 'it.skip("adds the'),
  }),
  {
    name: "a skipped test has moved",
    before: { [ts]: vitestTest.replace('it("sums', 'it.skip("sums') },
    after: {
      [ts]: null,
      "src/cart.test.ts": vitestTest.replace('it("sums', 'it.skip("sums').replace("../src/", "./"),
    },
    kinds: [],
  },
  change("skipped where it can not run", ts, {
    from: vitestTest,
    to: vitestTest.replace('it("sums', 'it.skipIf(process.platform === "win32")("sums'),
  }),
  change("skipif in pytest", py, {
    from: pyTest,
    to: pyTest.replace(
      "def test_sums",
      '@pytest.mark.skipif(sys.platform == "win32", reason="posix")\ndef test_sums',
    ),
  }),
  change("testing.Short", "cart_test.go", {
    from: goTest,
    to: goTest.replace(
      "(t *testing.T) {\n",
      '(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip("slow")\n\t}\n',
    ),
  }),
  change("only and skip outside tests", "src/query.ts", {
    from: "export const a = 1;\n",
    to: "export const a = query.skip(10).only('id');\nexport const b = { skip: true, only: true };\n",
  }),
  change("a database's skip in a test", ts, {
    from: vitestTest,
    to: vitestTest.replace("expect(total([1, 2]))", "expect(total(db.find().skip(1).only([1, 2])))"),
  }),
  change("a new Go test", "cart_test.go", {
    from: goTest,
    to: `${goTest}\nfunc TestOne(t *testing.T) {\n\tif Total(1) != 1 {\n\t\tt.Fatal("no")\n\t}\n}\n`,
  }),
  change("a Rust test has a new name", "src/lib.rs", {
    from: rustLib,
    to: rustLib.replace("fn adds_negative", "fn adds_negative_numbers"),
  }),
  change("Rust code beside the tests", "src/lib.rs", {
    from: rustLib,
    to: rustLib.replace("    a + b\n", "    a.wrapping_add(b)\n"),
  }),
  change("a fixture is deleted", "test/fixtures/cart.json", { from: "{}\n", to: null }),
  change("a helper of the tests is deleted", "test/support/make-cart.ts", {
    from: "export const cart = 1;\n",
    to: null,
  }),
  change("source without tests is deleted", "src/old.ts", { from: "export const old = 1;\n", to: null }),
  change("a stricter compiler", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace(
      '"noUnusedLocals": true,',
      '"noUnusedLocals": true,\n    "noImplicitReturns": true,',
    ),
  }),
  change("a new target", "tsconfig.json", { from: tsconfig, to: tsconfig.replace("es2023", "es2024") }),
  change("settings come from a base", "tsconfig.json", {
    from: tsconfig,
    to: '{ "extends": "./tsconfig.base.json", "include": ["src", "test"], "exclude": ["node_modules"] }\n',
  }),
  change("what is built is excluded", "tsconfig.json", {
    from: tsconfig,
    to: tsconfig.replace('["node_modules"]', '["node_modules", "dist"]'),
  }),
  change("what strict implies", "tsconfig.json", {
    from: tsconfig.replace('"strict": true,', '"strict": true, "noImplicitAny": true,'),
    to: tsconfig,
  }),
  change("a new lint rule", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace('"no-console": "error"', '"no-console": "error",\n      "no-undef": "error"'),
  }),
  change("a stricter lint rule", "eslint.config.js", {
    from: eslintConfig.replace('"no-console": "error"', '"no-console": "warn"'),
    to: eslintConfig,
  }),
  change("lint rules in another order", "eslint.config.js", {
    from: eslintConfig,
    to: eslintConfig.replace(
      '      "no-unused-vars": "error",\n      "no-console": "error",\n',
      '      "no-console": "error",\n      "no-unused-vars": "error",\n',
    ),
  }),
  change("a suppression is taken out", "src/a.ts", {
    from: "// @ts-ignore\nexport const a = b;\n",
    to: "export const a = 1;\n",
  }),
  change("a suppressed line changes", "cart.py", {
    from: "x = f()  # type: ignore\n",
    to: "x = g()  # type: ignore\n",
  }),
  change("words about suppressions", "src/a.ts", {
    from: "export const a = 1;\n",
    to: 'export const a = "// @ts-ignore and eslint-disable";\n',
  }),
  change("documentation of suppressions", "docs/lint.md", {
    from: "# Lint\n",
    to: "# Lint\n\nNever write `// eslint-disable` or `# noqa`.\n",
  }),
  change("a new dependency", "package.json", {
    from: packageJson,
    to: packageJson.replace('"left": "^1.0.0"', '"left": "^1.0.0",\n    "right": "^1.0.0"'),
  }),
  change("another build script", "package.json", {
    from: packageJson,
    to: packageJson.replace('"tsc"', '"tsc -p build || true"'),
  }),
  change("a new test script", "package.json", {
    from: packageJson,
    to: packageJson.replace('"lint":', '"test:e2e": "playwright test",\n    "lint":'),
  }),
  change("the tests report more", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"node --test --experimental-test-coverage"'),
  }),
  change("another runner", "package.json", {
    from: packageJson,
    to: packageJson.replace('"node --test"', '"vitest run"'),
  }),
  change("a script has a new name", "package.json", {
    from: packageJson,
    to: packageJson.replace('"lint": "eslint ."', '"lint:js": "eslint ."'),
  }),
  change("a new step of CI", ".github/workflows/ci.yml", {
    from: workflow,
    to: `${workflow}      - run: npm run check\n`,
  }),
  change("a newer action", ".github/workflows/ci.yml", {
    from: workflow,
    to: workflow.replace("checkout@v5", "checkout@v6"),
  }),
  change("CI calls it otherwise", ".github/workflows/ci.yml", {
    from: workflow,
    to: workflow.replace("run: npm test", "run: npm run test -- --coverage"),
  }),
  change("a program ends well", "src/main.ts", { from: "run();\n", to: "run();\nprocess.exit(0);\n" }),
  change("a test ends badly", js, {
    from: jsTest,
    to: `${jsTest}\nif (process.version === "x") process.exit(1);\n`,
  }),
  change("words about process.exit", js, { from: jsTest, to: `${jsTest}\n// not process.exit(0)\n` }),
  change("one snapshot changes", "test/__snapshots__/view.test.ts.snap", {
    from: snapshot,
    to: snapshot.replace("<p>one", "<b>one"),
  }),
  change("new snapshots", "test/__snapshots__/view.test.ts.snap", {
    from: snapshot,
    to: `${snapshot}\nexports[\`view > five 1\`] = \`<p>five</p>\`;\n`,
  }),
  change("more coverage", "vitest.config.ts", {
    from: vitestConfig,
    to: vitestConfig.replace("lines: 90", "lines: 95"),
  }),
  change("a setting of the runner", "vitest.config.ts", {
    from: vitestConfig,
    to: vitestConfig.replace("test: {", "test: {\n    testTimeout: 5000,"),
  }),
  change("a new target of make", "Makefile", {
    from: "test:\n\tpytest\n",
    to: "test:\n\tpytest\n\nclean:\n\trm -rf dist\n",
  }),
  change("code that divides", "src/a.js", {
    from: "f(1);\n",
    to: "const a = b / c; // it.only(\nconst r = /['\"`]/.test(s);\nf(2);\n",
  }),
];
