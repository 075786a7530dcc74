import fc from "fast-check";
import { expect, test } from "vitest";
import { movesBetween } from "../../../src/gateway/cassette/moves.ts";
import { relocate } from "../../../src/gateway/cassette/relocate.ts";
import type { GatewayApi } from "../../../src/gateway/upstream.ts";
import { anAnswer } from "./support.ts";

const was = { worktree: "/home/me/.state/app-1/worktrees/1", home: "/home/agent", scratch: "/home/me/s" };
const is = { worktree: "/srv/worktrees/23", home: "/home/agent", scratch: "/srv/scratch" };
const moves = movesBetween(was, is);
const args = JSON.stringify({ path: `${was.worktree}/src/a.ts`, log: `${was.scratch}/1.log` });
const movedArgs = JSON.stringify({ path: `${is.worktree}/src/a.ts`, log: `${is.scratch}/1.log` });

/** How a piece of a text stands in an event, and where a client finds it. */
const protocols: Record<GatewayApi, { event: (piece: string) => object; at: (string | number)[] }> = {
  anthropic: {
    event: (partial_json) => ({
      type: "content_block_delta",
      index: 1,
      delta: { type: "input_json_delta", partial_json },
    }),
    at: ["delta", "partial_json"],
  },
  openai: {
    event: (delta) => ({
      type: "response.function_call_arguments.delta",
      item_id: "i",
      output_index: 0,
      delta,
    }),
    at: ["delta"],
  },
  "openai-chat": {
    event: (text) => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }],
    }),
    at: ["choices", 0, "delta", "tool_calls", 0, "function", "arguments"],
  },
  google: {
    event: (text) => ({ candidates: [{ content: { parts: [{ text }] } }] }),
    at: ["candidates", 0, "content", "parts", 0, "text"],
  },
};

function find(value: unknown, at: readonly (string | number)[]): unknown {
  return at.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}

function streamOf(events: object[]): string {
  return events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function eventsIn(body: readonly string[]): unknown[] {
  return [...body.join("").matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data) as unknown);
}

const apis = Object.keys(protocols) as GatewayApi[];

test.each(apis)("a path that a stream of %s cuts anywhere is moved as a whole", (api) => {
  const { event, at } = protocols[api];
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(args.length)), fc.uniqueArray(fc.nat(2_000)), (cuts, chunkCuts) => {
      const pieces = cut(args, cuts);
      const body = cut(streamOf(pieces.map(event)), chunkCuts);
      const moved = relocate(anAnswer({ api, body }), moves);
      const events = eventsIn(moved.body);
      expect(events).toHaveLength(pieces.length);
      expect(events.map((one) => find(one, at)).join("")).toBe(movedArgs);
    }),
  );
});

function cut(text: string, places: readonly number[]): string[] {
  const sorted = [...new Set([0, ...places.filter((place) => place < text.length), text.length])].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, at) => text.slice(sorted[at], end));
}

test("texts of two blocks that come in turns are not mixed", () => {
  const { event } = protocols.anthropic;
  const events = cut(args, [20, 40]).flatMap((piece) => [event(piece), { ...event("x"), index: 2 }]);
  const moved = eventsIn(relocate(anAnswer({ body: [streamOf(events)] }), moves).body);
  const ofBlock = (index: number): string =>
    moved
      .filter((one) => find(one, ["index"]) === index)
      .map((one) => find(one, ["delta", "partial_json"]))
      .join("");
  expect([ofBlock(1), ofBlock(2)]).toEqual([movedArgs, "xxx"]);
});

test("whole texts are moved too, in events and in answers of one piece", () => {
  const done = { type: "response.completed", response: { output: [{ arguments: args }] } };
  const [moved] = eventsIn(relocate(anAnswer({ api: "openai", body: [streamOf([done])] }), moves).body);
  expect(find(moved, ["response", "output", 0, "arguments"])).toBe(movedArgs);
  const whole = anAnswer({ contentType: "application/json", body: [JSON.stringify({ content: args })] });
  expect(JSON.parse(relocate(whole, moves).body.join(""))).toEqual({ content: movedArgs });
});

test("a path that only begins like a known one stays, and so does what is not touched, piece by piece", () => {
  const { event } = protocols.anthropic;
  const others = ["0/src", "-old/a", ".bak", "x"].map((rest) => was.worktree + rest);
  const body = cut(streamOf([...others.map(event), event(was.worktree), event("2/src")]), [10, 100, 101]);
  const answer = anAnswer({ body });
  // `…/worktrees/1` and `2/src` are pieces of `…/worktrees/12/src`.
  expect(relocate(answer, moves)).toBe(answer);
  const mixed = anAnswer({
    body: [": ping\n\n", `data:{"a": 1.0}\n\n`, streamOf([event(`${was.worktree}/a`)]), "data: [DONE]\n\n"],
  });
  const moved = relocate(mixed, moves).body;
  expect(moved[0]).toBe(": ping\n\n");
  expect(moved[1]).toBe(`data:{"a": 1.0}\n\n`);
  expect(moved.at(-1)).toBe("data: [DONE]\n\n");
  expect(moved.join("")).toContain(`${is.worktree}/a`);
});

test("half an event at the end of a cut stream is moved as it is", () => {
  const body = [`data: {"type":"content_block_delta","x":"${was.scratch}/a`];
  expect(relocate(anAnswer({ body, end: "cut" }), moves).body.join("")).toContain(`"${is.scratch}/a`);
});

test("folders inside of each other and folders that change places are moved at once", () => {
  const nested = movesBetween({ a: "/x", b: "/x/y" }, { a: "/x/y", b: "/x" });
  const answer = anAnswer({ contentType: "text/plain", body: ["/x/1 /x/y/2"] });
  expect(relocate(answer, nested).body).toEqual(["/x/y/1 /x/2"]);
});

test("nothing is looked for where nothing moved, or where a path could not stand in JSON as it is", () => {
  expect(movesBetween(was, was)).toBeNull();
  expect(movesBetween(was, {})).toBeNull();
  expect(movesBetween({}, is)).toBeNull();
  expect(movesBetween({ home: "/" }, { home: "/root" })).toBeNull();
  expect(movesBetween({ home: "/a" }, { home: '/b"c' })).toBeNull();
  const binary = anAnswer({ base64: true, body: ["L2hvbWUvbWUvcw=="] });
  expect(relocate(binary, moves)).toBe(binary);
});
