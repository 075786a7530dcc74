import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestHeaders } from "../../src/models/request-headers.ts";

const name = fc.constantFrom("accept", "Accept", "x-api-key", "X-Api-Key", "content-type", "a");
const value = fc.constantFrom("", "one", " two\t", "three, four", "key\n", "é");
const call = fc.oneof(
  fc.record({ type: fc.constantFrom("append", "set"), name, value }),
  fc.record({ type: fc.constantFrom("delete"), name }),
);
type Call = { type: "append" | "set"; name: string; value: string } | { type: "delete"; name: string };

function apply(headers: Headers | RequestHeaders, one: Call): void {
  if (one.type === "delete") headers.delete(one.name);
  else headers[one.type](one.name, one.value);
}

test("a request's headers are what Node's own would be", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.array(call), name, (init, calls, asked) => {
      const ours = new RequestHeaders(init);
      const nodes = new Headers(init);
      for (const one of calls) {
        apply(ours, one as Call);
        apply(nodes, one as Call);
      }
      expect([...ours]).toEqual([...nodes]);
      expect([...new RequestHeaders(ours)]).toEqual([...new Headers([...nodes])]);
      expect(ours.get(asked)).toBe(nodes.get(asked));
      expect(ours.has(asked)).toBe(nodes.has(asked));
      expect([...new RequestHeaders(Object.fromEntries(init))]).toEqual([
        ...new Headers(Object.fromEntries(init)),
      ]);
    }),
  );
});

test.each([
  ["a b", "one"],
  ["a", "one\r\nb: two"],
  ["a", "one\u0100"],
])("%j: %j cannot be sent", (bad, text) => {
  expect(() => new RequestHeaders([[bad, text]])).toThrow();
  expect(() => new Headers([[bad, text]])).toThrow();
});
