import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ScriptTurn } from "../../../src/models/script.ts";
import { anthropicWire } from "../../model-server/anthropic.ts";

type Options = { turns: readonly ScriptTurn[]; turnMs: number };

const usage = { inputTokens: 1000, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 50 };

/**
 * Anthropic's protocol at the least cost, because the server shares the machine with what is measured: every conversation gets the same turns,
 * whose bytes are made beforehand, and which is due is counted in the request's bytes.
 */
export async function servePreparedModel({
  turns,
  turnMs,
}: Options): Promise<{ url: string } & AsyncDisposable> {
  const answers = turns.map((turn, index) => Buffer.from(eventsOf(turn, index).join("")));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const answer = answers[countOf('"type":"tool_result"', Buffer.concat(chunks))];
      await sleep(turnMs);
      if (answer === undefined) response.writeHead(400).end();
      else response.writeHead(200, { "content-type": "text/event-stream" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function eventsOf(turn: ScriptTurn, index: number): string[] {
  const request = { model: "", system: "", messages: [], toolNames: [], stream: true };
  const call = { provider: "anthropic", path: "", headers: {}, body: "", bytes: 0 } as const;
  const memory = { calls: new Map(), proofs: new Map() };
  const newId = (prefix: string): string => `${prefix}_${index}`;
  return anthropicWire.stream({ turn, request: { ...request, ...call }, json: {}, usage, memory, newId })
    .events;
}

function countOf(text: string, bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) count += 1;
  return count;
}
