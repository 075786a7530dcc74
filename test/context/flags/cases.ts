import type { FlagKind } from "../../../src/core/flag.ts";

/** A change by its files before and after; `null` for no file. `kinds` is what has to be found, protected files aside. */
export type ChangeCase = {
  name: string;
  before: Record<string, string>;
  after: Record<string, string | null>;
  kinds: FlagKind[];
};

export function change(
  name: string,
  file: string,
  { from, to, kinds = [] }: { from: string | null; to: string | null; kinds?: FlagKind[] },
): ChangeCase {
  return { name, before: from === null ? {} : { [file]: from }, after: { [file]: to }, kinds };
}

export const jsTest: string = `import test from "node:test";
import assert from "node:assert";
import { add } from "../src/add.js";

test("adds two numbers", () => {
  assert.equal(add(1, 2), 3);
});

test("adds nothing to a number", () => {
  assert.equal(add(1, 0), 1);
  assert.equal(add(0, 1), 1);
});

test("refuses words", () => {
  assert.throws(() => add("a", 1));
});
`;

export const vitestTest: string = `import { describe, expect, it } from "vitest";
import { total } from "../src/cart.ts";

describe("the cart", () => {
  it("sums the lines", () => {
    expect(total([1, 2])).toBe(3);
  });

  it("takes the discount off", () => {
    expect(total([100], 10)).toBe(90);
    expect(total([50], 10)).toBe(45);
  });
});
`;

export const pyTest: string = `import pytest
from cart import total


def test_sums():
    assert total([1, 2]) == 3


def test_refuses_negative():
    with pytest.raises(ValueError):
        total([-1])


class TestDiscount:
    def test_takes_it_off(self):
        assert total([100], 10) == 90
`;

export const goTest: string = `package cart

import "testing"

func TestTotal(t *testing.T) {
	if got := Total(1, 2); got != 3 {
		t.Fatalf("got %d", got)
	}
}

func TestEmpty(t *testing.T) {
	if got := Total(); got != 0 {
		t.Errorf("got %d", got)
	}
}
`;

export const rustLib: string = `pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }

    #[test]
    fn adds_negative() {
        assert_eq!(add(-1, 2), 1);
    }
}
`;

export const packageJson: string = `${JSON.stringify(
  {
    name: "cart",
    type: "module",
    scripts: { build: "tsc", test: "node --test", lint: "eslint .", check: "tsc --noEmit && npm run lint" },
    dependencies: { left: "^1.0.0" },
  },
  null,
  2,
)}\n`;

export const tsconfig: string = `{
  // as strict as it gets
  "compilerOptions": {
    "target": "es2023",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "noUnusedLocals": true,
    "skipLibCheck": false,
    "outDir": "dist",
  },
  "include": ["src", "test"],
  "exclude": ["node_modules"],
}
`;

export const eslintConfig: string = `import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    rules: {
      "no-unused-vars": "error",
      "no-console": "error",
      eqeqeq: ["error", "always"],
    },
  },
];
`;

export const workflow: string = `name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: npm ci
      - name: Lint
        run: npm run lint
      - name: Test
        run: npm test
`;

export const vitestConfig: string = `import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    coverage: {
      thresholds: { lines: 90, branches: 80 },
    },
  },
});
`;

export const snapshot: string = ["one", "two", "three", "four"]
  .map((name) => `exports[\`view > ${name} 1\`] = \`<p>${name}</p>\`;\n`)
  .join("\n");
