import { createServer, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMeter } from "../../src/gateway/meter/meter.ts";
import { ModelError, type ModelReply } from "../../src/models/model.ts";
import { startModelServer } from "../model-server/server.ts";
import type { ServerTurn } from "../model-server/types.ts";
import { failure, openAt, protocols, request, user } from "./calls.ts";

const turns: Record<string, ServerTurn> = {
  text: { say: "A few words, with ümlauts and 漢字." },
  "a tool call": { say: "I look.", calls: [{ tool: "read", path: "src/ä.ts" }] },
};

/** After every byte with `npm run fuzz`; with every change after some, and near the end, where it matters, after each. */
const step = process.env["AGENTX_FUZZ_RUNS"] === undefined ? 61 : 1;

/** What the server says now: the first bytes of a recorded stream, and how it ends. */
type Cut = { bytes: Buffer; isTorn: boolean };
const cuts = new Map<string, Cut>();
let next = 0;

/** Each call names its cut in the key, so that many can go on at once. */
const server = createServer((incoming, response) => {
  incoming.resume();
  const key = String(
    incoming.headers["x-api-key"] ?? incoming.headers["x-goog-api-key"] ?? incoming.headers.authorization,
  ).replace("Bearer ", "");
  answer(response, cuts.get(key) ?? { bytes: Buffer.alloc(0), isTorn: true });
});
let url = "";

function answer(response: ServerResponse, { bytes, isTorn }: Cut): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  if (!isTorn) return void response.end(bytes);
  response.write(bytes, () => response.destroy());
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(() => void server.close());

async function call(id: string, cut: Cut): Promise<unknown> {
  const key = `cut-${(next += 1)}`;
  cuts.set(key, cut);
  const call = openAt({ url }, id, { key }).call(request([user("Hi")]));
  return call.catch((error: unknown) => error);
}

/** The stream as the model server sends it. */
async function record(id: string, turn: ServerTurn): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const original = await startModelServer({ reply: () => turn });
  const relay = createServer((incoming, response) => {
    void (async () => {
      const body: Buffer[] = [];
      for await (const chunk of incoming) body.push(chunk as Buffer);
      const got = await fetch(original.url + (incoming.url ?? ""), {
        method: "POST",
        body: Buffer.concat(body),
      });
      const bytes = Buffer.from(await got.arrayBuffer());
      chunks.push(bytes);
      response.writeHead(200, { "content-type": "text/event-stream" }).end(bytes);
    })();
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await openAt({ url: `http://127.0.0.1:${port}` }, id).call(request([user("Hi")]));
  relay.close();
  relay.closeAllConnections();
  await original.close();
  return Buffer.concat(chunks);
}

const cases = protocols.flatMap(({ provider, id }) =>
  Object.entries(turns).map(([what, turn]) => ({ provider, id, what, turn })),
);

describe.each(cases)("$what over $provider, cut", ({ provider, id, turn }) => {
  let stream: Buffer;
  beforeAll(async () => {
    stream = await record(id, turn);
  });

  /** Whatever is cut off, what is taken for an answer is the whole one. */
  async function tryAll(
    lengths: number[],
    isTorn: boolean,
  ): Promise<{ whole: number[]; kinds: Set<string> }> {
    const full = (await call(id, { bytes: stream, isTorn: false })) as ModelReply;
    const whole: number[] = [];
    const kinds = new Set<string>();
    const queue = [...lengths];
    const worker = async (): Promise<void> => {
      for (let length = queue.pop(); length !== undefined; length = queue.pop()) {
        const got = await call(id, { bytes: stream.subarray(0, length), isTorn });
        if (got instanceof ModelError) kinds.add(got.kind);
        else {
          const { message, stop } = got as ModelReply;
          expect([length, message.text, message.toolCalls, stop]).toEqual([
            length,
            full.message.text,
            full.message.toolCalls,
            full.stop,
          ]);
          whole.push(length);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return { whole, kinds };
  }

  it("with a clean end after any byte, is whole or fails in a way that is tried again", async () => {
    const { whole, kinds } = await tryAll(
      Array.from(stream.keys()).filter((at) => at % step === 0 || at > stream.length - 12),
      false,
    );
    // Only what follows the closing event may be missing.
    for (const length of whole) expect(length).toBeGreaterThan(stream.length - 600);
    for (const kind of kinds) expect(["truncated", "network"]).toContain(kind);
    expect(kinds.size).toBeGreaterThan(0);
  });

  it("with a torn connection, likewise", async () => {
    const { kinds } = await tryAll(
      Array.from({ length: 6 }, (_, n) => Math.floor((stream.length * n) / 6)),
      true,
    );
    for (const kind of kinds) expect(["truncated", "network"]).toContain(kind);
    expect(kinds.size).toBeGreaterThan(0);
  });

  it("is known to the gateway as broken off wherever the model itself would not take it", async () => {
    const ends: number[] = [];
    for (const length of stream.keys()) {
      const meter = openMeter(provider, "text/event-stream");
      meter.take(stream.subarray(0, length));
      if (meter.end().isWhole) ends.push(length);
    }
    // A client may stumble over a line end that is missing, or over the first word of the next event; the answer is there.
    const isBetweenEvents = (length: number): boolean =>
      stream[length] === 0x0a || stream.subarray(0, length).toString("latin1").endsWith("\ndata");
    const { whole } = await tryAll(ends, false);
    expect(ends.length).toBeGreaterThan(0);
    expect(ends.filter((length) => !whole.includes(length) && !isBetweenEvents(length))).toEqual([]);
  });
});

it("a server that never comes to an end is left before it fills the memory", async () => {
  const piece = `: ${"a".repeat(1024 * 1024)}\n\n`;
  const endless = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
  const address = endless.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const error = await failure(
    openAt({ url: `http://127.0.0.1:${port}` }, "ollama/qwen3:8b").call(request([user("Hi")])),
  );
  endless.close();
  endless.closeAllConnections();
  expect(String(error)).toContain("longer than 64 MiB");
});
