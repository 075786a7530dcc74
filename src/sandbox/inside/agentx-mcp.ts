import type { IncomingMessage } from "node:http";
import { callDoor, exitCode, fieldOf, lost, textOf, type Terms } from "./agentx-http.ts";
import { splitLines } from "./json-lines.ts";
import { maxRequestBytes } from "./protocol.ts";
import { readServerEvents } from "./server-events.ts";

const parseError = -32_700;
const internalError = -32_603;

/**
 * `agentx mcp`: a client of the MCP on stdin and stdout, the server behind the door. Every message is a call of its own,
 * so one that waits for the person holds up no other. Ends when stdin has ended and everything is answered.
 */
export async function bridgeMcp(args: string[], { door, refuse }: Terms): Promise<number> {
  if (args.length > 0) return refuse("`mcp` takes no arguments");
  const open = new Set<Promise<void>>();
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  let noted = Promise.resolve();
  const take = (line: string): void => {
    if (line.trim() === "") return;
    const passing = noted.then(() => pass(line, `${door}/mcp`, headers)).finally(() => open.delete(passing));
    open.add(passing);
    // Notifications are taken at once, and what comes after one may build on it.
    if (fieldOf(line, "id") === undefined) noted = passing;
  };
  const split = splitLines(maxRequestBytes, take);
  for await (const chunk of process.stdin) split(Buffer.from(chunk));
  split(Buffer.from("\n"));
  while (open.size > 0) await Promise.all(open);
  return exitCode.done;
}

/** Never rejects: what goes wrong is the answer, because a client would wait for one for ever. */
async function pass(line: string, url: string, headers: Record<string, string>): Promise<void> {
  const message = parse(line);
  if (message === undefined) {
    fail(null, parseError, "this line is not JSON");
    return;
  }
  try {
    const answer = await callDoor(url, { method: "POST", headers, body: line });
    // A server that has sessions wants to see its own again.
    const session = answer.headers["mcp-session-id"];
    if (typeof session === "string") headers["mcp-session-id"] = session;
    await tell(answer, line);
  } catch (error) {
    failOf(line, error instanceof Error ? error.message : String(error));
  }
}

async function tell(answer: IncomingMessage, line: string): Promise<void> {
  const status = answer.statusCode ?? 0;
  if (answer.headers["content-type"]?.startsWith("text/event-stream") === true) {
    answer.setEncoding("utf8");
    try {
      await readServerEvents(answer, print);
    } catch (error) {
      throw lost(error);
    }
    return;
  }
  const text = await textOf(answer);
  if (fieldOf(text, "jsonrpc") !== undefined || (status === 200 && parse(text) !== undefined)) print(text);
  else if (status >= 300 || text !== "")
    failOf(line, `the dispatcher answered with status ${status}: ${text.slice(0, 500)}`);
}

/** One that expects no answer gets none; the person may look at stderr. */
function failOf(line: string, message: string): void {
  const id = fieldOf(line, "id");
  const isRequest =
    fieldOf(line, "method") !== undefined && (typeof id === "string" || typeof id === "number");
  if (isRequest) fail(id, internalError, message);
  else process.stderr.write(`agentx: ${message}\n`);
}

function fail(id: string | number | null, code: number, message: string): void {
  print(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }));
}

/** JSON has line ends only between its parts, where a space does as well. */
function print(json: string): void {
  process.stdout.write(`${json.trim().replaceAll(/[\r\n]+/g, " ")}\n`);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // Undefined is no JSON value.
    return undefined;
  }
}
