import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../src/index.ts";

const link = { slug: "k7m2xq", url: "https://example.com/", madeAt: new Date("2026-01-01") };

test("a saved link is found by its slug", () => {
  const store = createStore();
  store.save(link);
  assert.equal(store.find("k7m2xq"), link);
  assert.equal(store.find("other"), undefined);
});

test("a slug is taken once", () => {
  const store = createStore();
  store.save(link);
  assert.throws(() => store.save(link), /taken/);
});
