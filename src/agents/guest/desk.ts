import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { nobodyAnswers, questionFields } from "./question-fields.ts";
import type { Question, Questions } from "./questions.ts";
import { readBody } from "./read-body.ts";

/** What a worker can reach in the dispatcher, beside the models. */
export type DeskParts = {
  /** False where nobody answers: a reviewer asks nothing. */
  mayAsk: boolean;
  questions: Questions;
  /** Notes of the person since the last call. */
  takeNotes: () => string[];
  /** A sign of life. */
  onRequest: () => void;
};

/** A client that hears nothing for long gives up, and white space before JSON means nothing. */
const aliveMs = 15_000;

/** The HTTP side of `agentx ask` and `agentx notes`, and the same as an MCP server. True when it took the request. */
export function createDesk(
  parts: DeskParts,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const cancelled = new Set<string | number>();
  return (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://desk");
    const isOurs = pathname === "/mcp" || pathname.startsWith("/agentx/");
    if (!isOurs) return false;
    parts.onRequest();
    serve(pathname, { request, response, parts, cancelled }).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
    return true;
  };
}

export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  parts: DeskParts;
  /** Calls of MCP clients that gave up waiting, by id. */
  cancelled: Set<string | number>;
};

async function serve(path: string, exchange: Exchange): Promise<void> {
  const { request, response, parts } = exchange;
  const { method = "" } = request;
  if (path === "/mcp") {
    // Loaded when a worker speaks it: the SDK is large.
    const { serveMcp } = await import("./mcp.ts");
    return serveMcp(exchange);
  }
  if (path === "/agentx/notes" && method === "GET") return send(response, 200, { notes: parts.takeNotes() });
  if (path === "/agentx/ask" && method === "POST") return takeQuestion(exchange);
  return send(response, 404, {
    error: `${method} ${path}: there is POST /agentx/ask, GET /agentx/notes and /mcp`,
  });
}

async function takeQuestion({ request, response, parts }: Exchange): Promise<void> {
  const body = await readBody(request);
  if (!parts.mayAsk) return send(response, 403, { error: nobodyAnswers });
  if (body.type === "too-large")
    return send(response, 413, { error: `a question has at most ${body.maxBytes} bytes` });
  if (body.type === "not-json")
    return send(response, 400, { error: `the question is no JSON: ${body.reason}` });
  const parsed = z.strictObject(questionFields).safeParse(body.value);
  if (!parsed.success)
    return send(response, 400, { error: `the question will not do: ${z.prettifyError(parsed.error)}` });
  waitForAnswer(parsed.data, { response, questions: parts.questions });
}

function waitForAnswer(
  question: Question,
  waiting: { response: ServerResponse; questions: Questions },
): void {
  const { response, questions } = waiting;
  response.writeHead(200, { "content-type": "application/json" });
  response.write(" ");
  const alive = setInterval(() => response.write(" "), aliveMs);
  const leave = questions.ask(question, (answer) => {
    if (response.destroyed || response.writableEnded) return false;
    response.end(JSON.stringify({ answer }));
    return true;
  });
  response.once("close", () => {
    clearInterval(alive);
    leave();
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
