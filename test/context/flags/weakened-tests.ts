import { change, type ChangeCase, goTest, jsTest, pyTest, rustLib, vitestTest } from "./cases.ts";

const js = "test/add.test.js";
const ts = "test/cart.test.ts";
const py = "tests/test_cart.py";

export const weakenedTests: readonly ChangeCase[] = [
  change("a test file is deleted", js, { from: jsTest, to: null, kinds: ["test-deleted"] }),
  change("a pytest file is deleted", py, { from: pyTest, to: null, kinds: ["test-deleted"] }),
  change("a shell test is deleted", "cart_test.sh", {
    from: "test 1 = 1\n",
    to: null,
    kinds: ["test-deleted"],
  }),
  {
    name: "a test file goes with its subject",
    before: { [js]: jsTest, "src/add.js": "export const add = 1;\n" },
    after: { [js]: null, "src/add.js": null },
    kinds: ["test-deleted"],
  },
  {
    name: "a test file moves and loses a test on the way",
    before: { [js]: jsTest },
    after: { [js]: null, "test/math/add.test.js": jsTest.slice(0, jsTest.indexOf('test("refuses')) },
    kinds: ["test-deleted"],
  },
  change("the last test is deleted", js, {
    from: jsTest,
    to: jsTest.slice(0, jsTest.indexOf('test("refuses')),
    kinds: ["case-deleted"],
  }),
  change("a test is commented out", js, {
    from: jsTest,
    to: jsTest.replace(/test\("refuses words"[^]*$/, (text) => text.replace(/^(?=.)/gm, "// ")),
    kinds: ["case-deleted"],
  }),
  change("a test in a block comment", ts, {
    from: vitestTest,
    to: vitestTest.replace(/ {2}it\("takes[^]*?\n {2}\}\);\n/, (text) => `/*\n${text}*/\n`),
    kinds: ["case-deleted"],
  }),
  change("a pytest function is deleted", py, {
    from: pyTest,
    to: pyTest.replace(/def test_refuses[^]*?\n\n\n/, ""),
    kinds: ["case-deleted"],
  }),
  change("a pytest function is no test any more", py, {
    from: pyTest,
    to: pyTest.replace("def test_sums", "def sums"),
    kinds: ["case-deleted"],
  }),
  change("a Go test is deleted", "cart_test.go", {
    from: goTest,
    to: goTest.slice(0, goTest.indexOf("func TestEmpty")),
    kinds: ["case-deleted"],
  }),
  change("a Rust test is deleted", "src/lib.rs", {
    from: rustLib,
    to: rustLib.replace(/\n {4}#\[test\]\n {4}fn adds_negative[^]*?\n {4}\}\n/, ""),
    kinds: ["case-deleted"],
  }),
  change("it.skip", ts, {
    from: vitestTest,
    to: vitestTest.replace('it("sums', 'it.skip("sums'),
    kinds: ["skipped"],
  }),
  change("describe.skip", ts, {
    from: vitestTest,
    to: vitestTest.replace("describe(", "describe.skip("),
    kinds: ["skipped"],
  }),
  change("xit", ts, {
    from: vitestTest,
    to: vitestTest.replace('it("sums', 'xit("sums'),
    kinds: ["skipped"],
  }),
  change("it.todo instead of a test", ts, {
    from: vitestTest,
    to: vitestTest.replace(/it\("sums[^]*?\n {2}\}\);/, 'it.todo("sums the lines");'),
    kinds: ["skipped"],
  }),
  change("a skip option of node:test", js, {
    from: jsTest,
    to: jsTest.replace('"refuses words", ()', '"refuses words", { skip: "flaky" }, ()'),
    kinds: ["skipped"],
  }),
  change("t.skip in the body", js, {
    from: jsTest,
    to: jsTest.replace('"refuses words", () => {', '"refuses words", (t) => {\n  t.skip("later");'),
    kinds: ["skipped"],
  }),
  change("it.only", ts, {
    from: vitestTest,
    to: vitestTest.replace('it("sums', 'it.only("sums'),
    kinds: ["focused"],
  }),
  change("a new test with only", js, {
    from: jsTest,
    to: `${jsTest}\ntest.only("adds more", () => assert.equal(add(2, 2), 4));\n`,
    kinds: ["focused"],
  }),
  change("fdescribe", ts, {
    from: vitestTest,
    to: vitestTest.replace("describe(", "fdescribe("),
    kinds: ["focused"],
  }),
  change("pytest.mark.skip", py, {
    from: pyTest,
    to: pyTest.replace("def test_sums", '@pytest.mark.skip(reason="later")\ndef test_sums'),
    kinds: ["skipped"],
  }),
  change("pytest.mark.xfail", py, {
    from: pyTest,
    to: pyTest.replace("def test_sums", "@pytest.mark.xfail\ndef test_sums"),
    kinds: ["skipped"],
  }),
  change("pytestmark for a whole file", py, {
    from: pyTest,
    to: pyTest.replace("import pytest\n", "import pytest\npytestmark = pytest.mark.skip\n"),
    kinds: ["skipped"],
  }),
  change("t.Skip in Go", "cart_test.go", {
    from: goTest,
    to: goTest.replace("(t *testing.T) {\n", '(t *testing.T) {\n\tt.Skip("later")\n'),
    kinds: ["skipped"],
  }),
  change("t.Skip behind if true", "cart_test.go", {
    from: goTest,
    to: goTest.replace("(t *testing.T) {\n", "(t *testing.T) {\n\tif true {\n\t\tt.SkipNow()\n\t}\n"),
    kinds: ["skipped"],
  }),
  change("#[ignore] in Rust", "src/lib.rs", {
    from: rustLib,
    to: rustLib.replace("#[test]\n", "#[test]\n    #[ignore]\n"),
    kinds: ["skipped"],
  }),
  change("@Disabled in Java", "src/test/java/CartTest.java", {
    from: "class CartTest {\n  @Test\n  void sums() { assertEquals(3, Cart.total(1, 2)); }\n}\n",
    to: "class CartTest {\n  @Disabled\n  @Test\n  void sums() { assertEquals(3, Cart.total(1, 2)); }\n}\n",
    kinds: ["skipped"],
  }),
  change("assertions are removed", js, {
    from: jsTest,
    to: jsTest.replace("  assert.equal(add(1, 0), 1);\n  assert.equal(add(0, 1), 1);\n", "  add(1, 0);\n"),
    kinds: ["assertions-removed"],
  }),
  change("a pytest assertion becomes a print", py, {
    from: pyTest,
    to: pyTest.replace("    assert total([1, 2]) == 3", "    print(total([1, 2]))"),
    kinds: ["assertions-removed"],
  }),
  change("an assertion is commented out", ts, {
    from: vitestTest,
    to: vitestTest.replace("    expect(total([50]", "    // expect(total([50]"),
    kinds: ["assertions-removed"],
  }),
  change("an assertion of true", ts, {
    from: vitestTest,
    to: vitestTest.replace("expect(total([1, 2])).toBe(3)", "expect(true).toBe(true)"),
    kinds: ["assertion-hollow"],
  }),
  change("assert True", py, {
    from: pyTest,
    to: pyTest.replace("assert total([1, 2]) == 3", "assert True"),
    kinds: ["assertion-hollow"],
  }),
];
