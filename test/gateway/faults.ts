import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Fault, Reply } from "../model-server/types.ts";
import { aGateway, aSession, clock, endings, type ASession, type Time } from "./a-gateway.ts";

/** A server, and when each call came to it, in milliseconds on `now`. */
export async function serveFaults(
  reply: Reply,
  now: Time["now"] = () => performance.now(),
): Promise<{ server: ModelServer; at: number[] }> {
  const at: number[] = [];
  const server = await startModelServer({
    reply: async (request) => {
      at.push(now());
      return reply(request);
    },
  });
  endings.push(server.close);
  return { server, at };
}

/** Fails with these one after the other, then answers. */
export function failing(...faults: Fault[]): Reply {
  return () => {
    const fault = faults.shift();
    return fault ? { fault } : { say: "ok" };
  };
}

/** Sessions of one gateway. */
export async function sessions(
  server: ModelServer,
  count: number,
  time: Time = clock(1),
): Promise<ASession[]> {
  const gateway = aGateway(time);
  return Promise.all(Array.from({ length: count }, async () => aSession(server, { gateway })));
}

export const limited: Fault = { type: "status", status: 429, retryAfter: 1 };
