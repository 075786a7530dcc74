import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDesk } from "../../../src/agents/guest/desk.ts";
import { createQuestions, type Questions } from "../../../src/agents/guest/questions.ts";

export type DeskBench = {
  socket: string;
  /** The same desk on loopback, for clients that know no sockets. */
  url: string;
  questions: Questions;
  notes: string[];
  requests: () => number;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export async function openDesk({ mayAsk = true }: { mayAsk?: boolean } = {}): Promise<DeskBench> {
  const folder = await mkdtemp(join(tmpdir(), "agentx-desk-"));
  const questions = createQuestions();
  const notes: string[] = [];
  let requests = 0;
  const handle = createDesk({
    mayAsk,
    questions,
    takeNotes: () => notes.splice(0),
    onRequest: () => void (requests += 1),
  });
  const listening = (place: string | number): Promise<Server> => {
    const server = createServer((request, response) => {
      if (!handle(request, response)) response.writeHead(418).end();
    });
    return new Promise((resolve) => {
      if (typeof place === "string") server.listen(place, () => resolve(server));
      else server.listen(place, "127.0.0.1", () => resolve(server));
    });
  };
  const socket = join(folder, "s");
  const loopback = await listening(0);
  const servers = [await listening(socket), loopback];
  const { port } = loopback.address() as AddressInfo;
  return {
    socket,
    url: `http://127.0.0.1:${port}`,
    questions,
    notes,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => void server.close(resolve));
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
