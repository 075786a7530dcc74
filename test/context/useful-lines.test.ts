import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { usefulLines } from "../../src/context/useful-lines.ts";

function sample(name: string): string {
  return readFileSync(new URL(`../fixtures/gate-output/${name}.txt`, import.meta.url), "utf8");
}

test.each([
  ["tsc", ["src/cart.ts(4,54): error TS2339: Property 'quantity' does not exist on type 'Item'."], []],
  ["tsc-pretty", ["src/view.ts:3:71 - error TS2741:"], ["~~~~", "Errors  Files"]],
  [
    "oxlint",
    ["eslint(no-debugger): `debugger` statement is not allowed", "[src/view.ts:2:1]"],
    ["Finished in"],
  ],
  [
    "eslint",
    ["/checkout/src/cart.js\n   2:7   error", "/checkout/src/view.js\n  31:3  error"],
    ["warning", "shop@"],
  ],
  [
    "vitest",
    ["takes the discount off\nAssertionError: expected {", '-   "total": 90', "❯ test/cart.test.ts:5:41"],
    ["✓", "⎯⎯⎯", "Duration"],
  ],
  [
    "jest",
    [
      "● the cart › takes the discount off",
      "Received: 95",
      "(src/cart.test.js:10:29)",
      "(src/view.test.js:1:1)",
    ],
    ["jest-circus", "Snapshots"],
  ],
  [
    "node-test",
    ["test at test/cart.test.mjs:4:1", "95 !== 90", "TypeError: count must not be negative"],
    ["node:internal", "ℹ tests"],
  ],
  [
    "tap",
    ["not ok 2 - takes the discount off", "test/cart.test.mjs:4:1", "actual: 95"],
    ["node:internal", "ok 1"],
  ],
  [
    "mocha",
    ["takes the discount off:", "95 !== 90", "(test/cart.spec.js:10:14)"],
    ["✔", "node:internal", "passing"],
  ],
  [
    "pytest",
    ["E       assert 95.0 == 90", "tests/test_cart.py:8: AssertionError", "cart.py:2: TypeError"],
    ["platform linux", "plugins:"],
  ],
  [
    "cargo-build",
    ["error[E0308]: mismatched types\n --> src/lib.rs:1:57"],
    ["Compiling", "For more information"],
  ],
  ["cargo-test", ["panicked at src/lib.rs:8:20:", "left: 6", "right: 7"], ["rust_begin_unwind", "... ok"]],
  [
    "go-test",
    [
      "--- FAIL: TestTotal",
      "cart_test.go:21: Total() = 95, want 90",
      "panic: runtime error",
      "/checkout/view/view.go:12",
    ],
    ["testing.go", "PASS"],
  ],
  ["go-build", ["cart/cart.go:14:9: undefined: subtotal"], ["# example.com"]],
])("of what %s says, the failures and their places are kept and the rest is not", (name, kept, dropped) => {
  const lines = usefulLines(sample(name));
  for (const text of kept) expect(lines).toContain(text);
  for (const text of dropped) expect(lines).not.toContain(text);
});

test("where no tool is known the end of the output is shown", () => {
  const output = Array.from({ length: 500 }, (_, index) => `step ${index + 1}`).join("\n");
  const lines = usefulLines(output).split("\n");
  expect(lines).toHaveLength(40);
  expect(lines.at(-1)).toBe("step 500");
});

test("a single recognised line brings the end of the output with it", () => {
  expect(usefulLines("sh: 1: vitest: not found\nnpm error code 127\nall of it is over\n")).toContain(
    "all of it is over",
  );
});

test("hundreds of errors become the first ones and a count", () => {
  const output = Array.from({ length: 300 }, (_, index) => `src/a.ts(${index + 1},1): error TS1: no`).join(
    "\n",
  );
  const lines = usefulLines(output).split("\n");
  expect(lines[0]).toBe("src/a.ts(1,1): error TS1: no");
  expect(lines.at(-1)).toBe("[… 241 more such lines]");
});

test("whatever a gate prints, the excerpt is short and plain", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.constantFrom("\u001b[31mError: x\u001b[0m", "  1) a", "FAIL a > b", "error: é"),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 200 }), (all) => {
      const text = usefulLines(all.join("\n"));
      expect(text.split("\n").length).toBeLessThanOrEqual(60);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
      expect(text).not.toContain("\u001b");
    }),
    { numRuns: 300 },
  );
});
