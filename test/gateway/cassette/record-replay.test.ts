import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { Cassette } from "../../../src/gateway/cassette/cassette.ts";
import { readCassette } from "../../../src/gateway/cassette/read-cassette.ts";
import { recordingUpstream } from "../../../src/gateway/cassette/recording-upstream.ts";
import { replayingUpstream } from "../../../src/gateway/cassette/replaying-upstream.ts";
import { openCassetteWriter } from "../../../src/gateway/cassette/write-cassette.ts";
import type { GatewayApi, Upstream, UpstreamCall } from "../../../src/gateway/upstream.ts";
import {
  aCall,
  anAnswer,
  conversation,
  header,
  hear,
  type Heard,
  key,
  tempFolder,
  upstreamOf,
} from "./support.ts";

function recorder(upstream: Upstream): { record: Upstream; file: string; read: () => Cassette } {
  const file = join(tempFolder(), "run.cassette");
  return {
    record: recordingUpstream(upstream, openCassetteWriter(file, header)),
    file,
    read: () => readCassette(file),
  };
}

async function replay(cassette: Cassette, calls: UpstreamCall[]): Promise<Heard[]> {
  const upstream = replayingUpstream(cassette);
  const heard: Heard[] = [];
  for (const call of calls) heard.push(await hear(upstream, call));
  return heard;
}

test("a replay gives the same bytes in the same pieces, cut streams, characters and binary ones too", async () => {
  const umlaut = Buffer.from("data: öß€\n\n");
  const upstream = upstreamOf(
    { pieces: ["data: 1\n\n", "data: ", "2\n\n"] },
    { pieces: ["data: 1\n\n", new Error("reset")] },
    { type: "application/json", pieces: ['{"whole":true}'] },
    { pieces: [umlaut.subarray(0, 7), umlaut.subarray(7)] },
    { type: "application/octet-stream", pieces: [Buffer.from([0xff, 0xfe]), Buffer.from([0x80])] },
    { status: 400, type: "application/json", pieces: ['{"error":"no"}'] },
    { pieces: [] },
  );
  const { record, read } = recorder(upstream);
  const calls = ["a", "b", "c", "d", "e", "f", "g"].map((text) => aCall({ body: conversation(text) }));
  const heard: Heard[] = [];
  for (const call of calls) heard.push(await hear(record, call));
  const again = await replay(read(), calls);
  expect(again.map(({ status, type }) => ({ status, type }))).toEqual(
    heard.map(({ status, type }) => ({ status, type })),
  );
  expect(again.map(({ pieces }) => pieces.join(""))).toEqual(heard.map(({ pieces }) => pieces.join("")));
  // A character that was cut in two is whole in the later piece.
  const without = (list: Heard[]): unknown[] => list.map(({ pieces }) => pieces).filter((_, at) => at !== 3);
  expect(without(again)).toEqual(without(heard));
  expect(again.map(({ error }) => error !== null)).toEqual([false, true, false, false, false, false, false]);
  expect(read().answers.map(({ end }) => end)).toEqual([
    "complete",
    "cut",
    "complete",
    "complete",
    "complete",
    "complete",
    "complete",
  ]);
});

test("an answer is in the file before its reader sees the end", async () => {
  const { record, read } = recorder(upstreamOf({ pieces: ["a", "b"] }));
  const { body } = await record(aCall());
  await new Promise<void>((resolve) => body.once("end", resolve).resume());
  expect(read().answers).toHaveLength(1);
});

test("no key and nothing of a request is in the file, even where a server repeats it", async () => {
  const masked = `${key.slice(0, 5)}****${key.slice(-4)}`;
  const upstream = upstreamOf(
    { pieces: ["data: ", key.slice(0, 9), key.slice(9), "\n\n"] },
    { status: 401, type: "application/json", pieces: [`{"error":"Incorrect key ${masked}"}`] },
    { pieces: [Buffer.concat([Buffer.from([0xff]), Buffer.from(key)])] },
  );
  const { record, file, read } = recorder(upstream);
  for (let n = 0; n < 3; n += 1) await hear(record, aCall({ body: conversation(`REQUEST-TEXT ${n}`) }));
  const text =
    readFileSync(file, "utf8") +
    read()
      .answers.map(({ body }) => Buffer.from(body.join(""), "base64").toString("latin1"))
      .join("\n");
  for (const secret of [key, key.slice(5), masked, "REQUEST-TEXT", "authorization", "x-account", "acme"]) {
    expect(text).not.toContain(secret);
  }
  expect(read().answers).toHaveLength(3);
});

test("what passes by itself is not kept: only what a client saw in the end", async () => {
  const quota = '{"error":{"code":"insufficient_quota"}}';
  const upstream = upstreamOf(
    { status: 429, pieces: ["{}"] },
    { status: 529, pieces: ["{}"] },
    { status: 503, pieces: ["{}"] },
    { pieces: [new Error("reset before the first byte")] },
    { status: 429, pieces: [quota] },
    { status: 500, pieces: ["{}"] },
    { pieces: ["data: 1\n\n"] },
  );
  const { record, read } = recorder(upstream);
  for (let n = 0; n < 7; n += 1) await hear(record, aCall());
  await expect(
    recordingUpstream(
      async () => {
        throw new Error("ECONNREFUSED");
      },
      { write: () => expect.fail("kept") },
    )(aCall()),
  ).rejects.toThrow("ECONNREFUSED");
  expect(read().answers.map(({ status }) => status)).toEqual([429, 500, 200]);
});

test("a client that goes away leaves a mark, its server hears of it, and a whole answer comes before that one", async () => {
  const source = new Readable({ read: () => {} });
  const { record, read } = recorder(async () => ({ status: 200, headers: {}, body: source }));
  const { body } = await record(aCall());
  source.push("data: 1\n\n");
  await new Promise((resolve) => body.once("data", resolve));
  body.destroy();
  await new Promise((resolve) => source.once("close", resolve));
  const [left] = read().answers;
  expect(left).toMatchObject({ end: "left", body: ["data: 1\n\n"] });
  if (left === undefined) return;
  const both = { ...read(), answers: [left, { ...left, end: "complete" as const, body: ["whole"] }] };
  const heard = await replay(both, [aCall(), aCall()]);
  expect(heard.map(({ pieces }) => pieces)).toEqual([["whole"], ["data: 1\n\n"]]);
  expect(heard[1]?.error).toMatch(/broke/);
});

test("a file that can no longer be written ends the run's calls instead of leaving a hole", async () => {
  const record = recordingUpstream(upstreamOf({ pieces: ["a"] }, { pieces: ["b"] }), {
    write: () => {
      throw new Error("ENOSPC: no space left on device");
    },
  });
  expect(await hear(record, aCall())).toMatchObject({ status: 200, pieces: ["a"] });
  const refused = await hear(record, aCall());
  expect(refused.status).toBe(400);
  expect(refused.pieces.join("")).toContain("agentx: the cassette cannot be written: ENOSPC");
});

test("calls of several labels, in another order than recorded, each get their own answer", async () => {
  const calls = ["plan plan", "implement login", "implement logout", "review login"].flatMap((label) =>
    [["one"], ["one", "two"], ["title"]].map((texts) => aCall({ label, body: conversation(...texts) })),
  );
  const { record, read } = recorder(upstreamOf(...calls.map((_, at) => ({ pieces: [`answer ${at}`] }))));
  await Promise.all(calls.map((call) => hear(record, call)));
  const upstream = replayingUpstream(read());
  const backwards = calls.map((call, at) => ({ call, at })).reverse();
  const heard = await Promise.all(backwards.map(({ call }) => hear(upstream, call)));
  expect(heard.map(({ pieces }) => pieces)).toEqual(backwards.map(({ at }) => [`answer ${at}`]));
});

test("a request that differs a little gets the answer to the one that it is most like", async () => {
  const asked = (day: string, ...rest: string[]): unknown => conversation(`The weather: ${day}`, ...rest);
  const recorded = [
    { ...conversation("title of it"), tools: [] },
    { ...(asked("sun") as object), tools: [{}, {}] },
    { ...(asked("sun", "result A") as object), tools: [{}, {}] },
    { ...(asked("sun", "result B") as object), tools: [{}, {}] },
  ].map((body) => aCall({ body }));
  const { record, read } = recorder(
    upstreamOf(...["title", "first", "A", "B"].map((text) => ({ pieces: [text] }))),
  );
  for (const call of recorded) await hear(record, call);
  const replayed = [
    { ...(asked("rain") as object), tools: [{}, {}] },
    { ...(asked("rain", "result B") as object), tools: [{}, {}] },
    { ...(asked("rain", "result of something else") as object), tools: [{}, {}] },
    { ...conversation("title of that") },
  ].map((body) => aCall({ body }));
  const heard = await replay(read(), replayed);
  expect(heard.map(({ pieces }) => pieces.join(""))).toEqual(["first", "B", "A", "title"]);
});

test.each<[GatewayApi, string, string]>([
  ["anthropic", "error.message", "error.type"],
  ["openai", "error.message", "error.type"],
  ["openai-chat", "error.message", "error.type"],
  ["google", "error.message", "error.status"],
])(
  "a request without an answer is refused in the form of %s, and is told why",
  async (api, message, kind) => {
    const cassette: Cassette = {
      file: "/x/run.cassette",
      header: { format: 1, ...header },
      answers: [anAnswer()],
      notes: [],
    };
    const [refused] = await replay(cassette, [aCall({ api, label: "review login" })]);
    expect(refused?.status).toBe(400);
    const body: unknown = JSON.parse(refused?.pieces.join("") ?? "");
    expect(body).toHaveProperty(
      message,
      expect.stringMatching(
        /^agentx: the cassette \/x\/run\.cassette has no \(more\) answer for review login: p\/m, \w+, \d messages?$/,
      ),
    );
    expect(body).toHaveProperty(kind, expect.stringMatching(/invalid_request_error|INVALID_ARGUMENT/));
  },
);

test("each answer is given once; another model, protocol or operation has none", async () => {
  const { record, read } = recorder(upstreamOf({ pieces: ["a"] }));
  await hear(record, aCall());
  const counting = aCall();
  const others = [
    { ...counting, url: counting.url.replace("/messages", "/messages/count_tokens") },
    aCall({ name: "other" }),
    aCall({ api: "openai-chat" }),
    aCall({ body: conversation("hello", "more") }),
    aCall(),
    aCall(),
  ];
  const heard = await replay(read(), others);
  expect(heard.map(({ status }) => status)).toEqual([400, 400, 400, 400, 200, 400]);
});

test("an answer's paths are today's", async () => {
  const said = (path: string): string => `data: ${JSON.stringify({ type: "content_block_start", path })}\n\n`;
  const { record, read } = recorder(upstreamOf({ pieces: [said("/w/1/src")] }));
  const body = (root: string): unknown => conversation(`look at ${root}/src`);
  await hear(record, aCall({ paths: { worktree: "/w/1" }, body: body("/w/1") }));
  const same = await replay(read(), [aCall({ paths: { worktree: "/w/1" }, body: body("/w/1") })]);
  expect(same[0]?.pieces).toEqual([said("/w/1/src")]);
  const moved = await replay(read(), [aCall({ paths: { worktree: "/other/7" }, body: body("/other/7") })]);
  expect(moved[0]?.pieces).toEqual([said("/other/7/src")]);
});
