import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";
import type { Exchange } from "./desk.ts";
import { nobodyAnswers, questionFields } from "./question-fields.ts";
import type { Question } from "./questions.ts";
import { readBody } from "./read-body.ts";

/**
 * The SDK's clients give a call 60 s, and start that anew with each progress where they were told to; programs have
 * limits of their own. Who gives up may ask again in the same words: it is the same question while it is open.
 */
const progressMs = 10_000;

type Result = { content: { type: "text"; text: string }[]; isError?: boolean };
/** What a running call can use of the SDK's `extra`. */
type Call = {
  signal: AbortSignal;
  requestId: string | number;
  _meta?: { progressToken?: string | number | undefined } | undefined;
  sendNotification: (notification: {
    method: "notifications/progress";
    params: { progressToken: string | number; progress: number; message: string };
  }) => Promise<void>;
};

type Desk = Pick<Exchange, "parts" | "cancelled">;

/** One request of an MCP client. Stateless: each has a server of its own, so nothing outlives it. */
export async function serveMcp({ request, response, ...desk }: Exchange): Promise<void> {
  const body = request.method === "POST" ? await readBody(request) : null;
  if (body === null || body.type !== "json") {
    const [status, message] =
      body === null ? [405, "only POST is served"] : [400, "the request is no JSON of a fair size"];
    const error = { jsonrpc: "2.0", error: { code: -32_600, message }, id: null };
    response
      .writeHead(status, { "content-type": "application/json", allow: "POST" })
      .end(JSON.stringify(error));
    return;
  }
  noteCancelled(body.value, desk.cancelled);
  const server = createServer(desk);
  // Answers come as a stream: it keeps a client that waits for a person alive, which one JSON body cannot.
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: false });
  response.once("close", () => void server.close());
  // The SDK's type says `undefined` where ours says absent.
  await server.connect(transport as Parameters<McpServer["connect"]>[0]);
  await transport.handleRequest(request, response, body.value);
}

function createServer({ parts, cancelled }: Desk): McpServer {
  const server = new McpServer({ name: "agentx", version: "1" });
  const input = {
    question: questionFields.text,
    options: questionFields.options.describe("answers that you see"),
    default: questionFields.default.describe("what you would do if nobody could answer"),
  };
  server.registerTool(
    "notes",
    { description: "New notes of the person to you. Follow them.", inputSchema: {} },
    () => text(parts.takeNotes().join("\n\n") || "There are no new notes."),
  );
  if (!parts.mayAsk) return server;
  const description = "Ask the person, when only they can decide. Waits for the answer, which may take long.";
  server.registerTool("ask", { description, inputSchema: input }, async (asked, call) =>
    ask({ text: asked.question, options: asked.options, default: asked.default }, { call, parts, cancelled }),
  );
  return server;
}

async function ask(question: Question, { call, parts, cancelled }: Desk & { call: Call }): Promise<Result> {
  cancelled.delete(call.requestId);
  if (!parts.mayAsk) return { ...text(nobodyAnswers), isError: true };
  using _progress = tellProgress(call);
  const answer = await new Promise<string | null>((resolve) => {
    const leave = parts.questions.ask(question, (words) => {
      if (call.signal.aborted) return false;
      resolve(words);
      return !cancelled.has(call.requestId);
    });
    call.signal.addEventListener("abort", () => (leave(), resolve(null)), { once: true });
  });
  return text(answer ?? "");
}

const cancelSchema = z.object({
  method: z.literal("notifications/cancelled"),
  params: z.object({ requestId: z.union([z.string().max(200), z.number()]) }),
});
const maxCancelled = 1_000;

/** It comes as a request of its own, while the call's stream often stays open: what is sent there may reach nobody. */
function noteCancelled(message: unknown, cancelled: Set<string | number>): void {
  const parsed = cancelSchema.safeParse(message);
  if (parsed.success && cancelled.size < maxCancelled) cancelled.add(parsed.data.params.requestId);
}

/** A client that asked for progress waits on as long as it comes. */
function tellProgress({ _meta, sendNotification }: Call): Disposable {
  const token = _meta?.progressToken;
  if (token === undefined) return { [Symbol.dispose]: () => {} };
  let progress = 0;
  const timer = setInterval(() => {
    progress += 1;
    const params = { progressToken: token, progress, message: "waits for the person" };
    // The client may be gone: then its request is closed, which ends this.
    sendNotification({ method: "notifications/progress", params }).catch(() => {});
  }, progressMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function text(words: string): Result {
  return { content: [{ type: "text", text: words }] };
}
