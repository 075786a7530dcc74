import { afterEach, expect, test } from "vitest";
import { openAt, protocols } from "../../models/calls.ts";
import { startModelServer, type ModelServer } from "../../model-server/server.ts";
import type { ServerTurn } from "../../model-server/types.ts";
import { openBench } from "./a-job.ts";

let server: ModelServer;
afterEach(() => server.close());

/** What a vendor would refuse to get back as it came. */
const turns: Record<string, ServerTurn> = {
  "a tool's name with a blank": { call: { tool: "delete it!" } },
  "a tool without a name": { call: { tool: "" } },
  "a tool's name of 300 letters": { call: { tool: "x".repeat(300) } },
  "a tool's name with letters of few alphabets": { call: { tool: "läuft" } },
  "a tool's name that begins with a digit": { call: { tool: "1st" } },
  "arguments that are no JSON": { call: { tool: "list" }, rawArguments: '{"path": ' },
  "arguments that are a string": { call: { tool: "list" }, rawArguments: '"a.txt"' },
  "arguments that are a list": { call: { tool: "list" }, rawArguments: "[1]" },
  "arguments that are null": { call: { tool: "list" }, rawArguments: "null" },
  "an id used twice in one message": {
    calls: [{ tool: "list" }, { tool: "search", pattern: "x" }],
    callId: "same",
  },
  "an id used again in a later message": { call: { tool: "read", path: "a.txt" }, callId: "same" },
};

test.each(protocols)("what a model says over the $provider protocol is taken back by it", async ({ id }) => {
  const said = [
    ...Object.entries(turns),
    ["the end", { call: { tool: "finish", note: "went on" } }] as const,
  ];
  let next = 0;
  server = await startModelServer({ reply: () => said[next++]?.[1] ?? {} });
  await using bench = await openBench({ "a.txt": "x\n" });
  const result = await bench.work([openAt(server, id)]);
  // Each request carries all that was said before it.
  const refused = server.requests.findIndex(({ status }) => status !== 200);
  expect(refused < 0 ? null : said[refused - 1]?.[0]).toBeNull();
  expect(result).toEqual({ type: "finished", note: "went on" });
});
