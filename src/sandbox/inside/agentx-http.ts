import { Agent, request, type IncomingMessage } from "node:http";

export const exitCode = { done: 0, usage: 2, lost: 3 } as const;

/** What a command of the program `agentx` works with. */
export type Terms = {
  /** Address of the door. */
  door: string;
  /** Says why, if there is anything to say, and how it is used; gives the exit code. */
  refuse: (why: string) => number;
};

export type DoorCall = { method: "GET" | "POST"; headers: Record<string, string>; body: string };

/** The dispatcher does not answer any more. */
export class DoorLost extends Error {}

// A connection that is kept may be closed by the other side just when it is used again.
const agent = new Agent({ keepAlive: false });

/** The door as the socket itself, where nobody has made it a port: `http://unix:<socket>:`. */
const socketUrl = /^http:\/\/unix:([^:]+):(\/.*)$/;

/**
 * Not `fetch`, which gives up after five minutes without an answer: a person may take days.
 * Fulfils when the answer begins; throws DoorLost.
 */
export function callDoor(url: string, { method, headers, body }: DoorCall): Promise<IncomingMessage> {
  const length = method === "POST" ? { "content-length": String(Buffer.byteLength(body)) } : {};
  return new Promise((resolve, reject) => {
    const [, socketPath, path] = socketUrl.exec(url) ?? [];
    const options = { method, agent, headers: { ...headers, ...length } };
    const call =
      socketPath === undefined
        ? request(url, options, resolve)
        : request({ ...options, socketPath, path, host: "localhost" }, resolve);
    call.on("error", (error) => reject(lost(error)));
    call.end(body);
  });
}

export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw lost(error);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export function lost(error: unknown): DoorLost {
  const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new DoorLost(
    `the connection to the dispatcher was lost before an answer came (${why}); run the command again`,
  );
}

/** A field of a JSON object; undefined where there is no such thing. */
export function fieldOf(text: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  } catch {
    // Not JSON: the caller says what it got instead.
    return undefined;
  }
}

/** Tells what the dispatcher said instead of an answer. */
export function tellError(status: number, text: string): number {
  const error = fieldOf(text, "error");
  const said = typeof error === "string" ? error : text.slice(0, 2_000).trim();
  process.stderr.write(`agentx: ${said === "" ? `the dispatcher answered with status ${status}` : said}\n`);
  return status >= 400 && status < 500 ? exitCode.usage : exitCode.lost;
}
