import fc from "fast-check";
import { expect, it } from "vitest";
import type { GatewayApi } from "../../../src/gateway/upstream.ts";
import { withhold } from "../../../src/gateway/withhold/withhold.ts";
import { farTools, nearTools, webTools, withConversation } from "./bodies.ts";

const apis: GatewayApi[] = ["anthropic", "openai", "openai-chat", "google"];

const nameless = ["x_search", "web_search_20991231x", "WEB_SEARCH", "Function", "", "function "];
const listOf = (api: GatewayApi): fc.Arbitrary<{ tool: object; near: boolean }[]> =>
  fc.array(
    fc.oneof(
      fc.constantFrom(...nearTools[api]).map((tool) => ({ tool, near: true })),
      fc.constantFrom(...farTools[api], ...webTools[api]).map((tool) => ({ tool, near: false })),
      fc
        .constantFrom(...nameless)
        .map((name) => ({ tool: api === "google" ? { [name]: {} } : { type: name }, near: false })),
    ),
    { maxLength: 6 },
  );

/** Each tool that is in the text, wherever and in whatever form: by what is its own. */
const marks = apis
  .flatMap((api) => [...farTools[api], ...webTools[api]])
  .map((tool) => JSON.stringify(tool).slice(1, -1));

it.each(apis)("lets no tool of a vendor's through in a body of %s, whatever else is in it", (api) => {
  fc.assert(
    fc.property(listOf(api), listOf(api), fc.constantFrom(0, 1), (tools, later, space) => {
      const body = withConversation(api, {
        tools: tools.map(({ tool }) => tool),
        later: later.map(({ tool }) => tool),
      });
      const given = Buffer.from(JSON.stringify(body, null, space));
      const sifted = withhold(given, { api, web: false });
      if ("status" in sifted) throw new Error(sifted.message);
      const out = JSON.parse(sifted.body.toString()) as { tools?: object[] };
      for (const mark of marks) expect(JSON.stringify(out)).not.toContain(mark);
      expect(out.tools ?? []).toEqual(tools.flatMap(({ tool, near }) => (near ? [tool] : [])));
      const isClean = [...tools, ...(api === "openai" ? later : [])].every(({ near }) => near);
      if (isClean) expect(sifted).toEqual({ body: given, withheld: [] });
      else expect(sifted.withheld.length).toBeGreaterThan(0);
      // What has been looked through has nothing left to take out.
      expect(withhold(sifted.body, { api, web: false })).toEqual({ body: sifted.body, withheld: [] });
    }),
    { numRuns: 200 },
  );
});

it.each(apis)("passes on only parts of a request of %s that are known", (api) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })), (more) => {
      const base = withConversation(api, { tools: nearTools[api], later: [] });
      const unknown = Object.entries(more).filter(([name]) => !Object.hasOwn(base, name) && name.length > 12);
      const given = Buffer.from(JSON.stringify({ ...Object.fromEntries(unknown), ...base }));
      const sifted = withhold(given, { api, web: false });
      if ("status" in sifted) throw new Error(sifted.message);
      const kept = unknown.filter(([, value]) => value === null);
      expect(JSON.parse(sifted.body.toString())).toEqual({ ...Object.fromEntries(kept), ...base });
    }),
  );
});
