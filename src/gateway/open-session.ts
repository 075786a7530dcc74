import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { removeFile } from "../sys/remove-file.ts";
import { answerRequest } from "./answer-request.ts";
import { createServer } from "./create-server.ts";
import { wordsOf } from "./failure.ts";
import type { GatewaySession, SessionOptions } from "./gateway.ts";
import { listen } from "./listen.ts";
import { redact } from "./redact.ts";
import { sendError } from "./send-error.ts";
import type { Session } from "./serve-call.ts";
import { openBook } from "./session-book.ts";
import type { Shared } from "./shared.ts";

/** Listens for one worker. @throws AgentxError GATEWAY_SOCKET where it cannot */
export async function openSession(shared: Shared, options: SessionOptions): Promise<GatewaySession> {
  const session: Session = { shared, options, book: openBook(options) };
  const token = options.listen.type === "loopback" ? `/${randomBytes(24).toString("hex")}` : "";
  const closing = new AbortController();
  const open = new Set<Promise<void>>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = withoutToken(request.url ?? "", token);
    if (target === null) {
      const message = "the address of this gateway begins with another word";
      return sendError(response, "openai", { status: 404, message });
    }
    request.url = target;
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    try {
      await answerRequest(session, target, { request, response, signal });
    } catch (error) {
      if (signal.aborted || response.headersSent) response.destroy();
      else sendError(response, "openai", { status: 500, message: secretless(wordsOf(error), options) });
    }
  }

  const server = createServer((request, response) => {
    const answered = answer(request, response).finally(() => open.delete(answered));
    open.add(answered);
  });
  const address = await listen(server, options.listen);
  return {
    url: address === "" ? "" : address + token,
    refusal: () => session.book.refusal,
    lastFailure: () => session.book.lastFailure,
    calls: () => session.book.calls,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      closing.abort();
      // What was used until now is still told.
      await Promise.all(open);
      server.closeAllConnections();
      await closed;
      if (options.listen.type === "socket") removeFile(options.listen.path);
    },
  };
}

/** What follows the token, or null where it is another one. */
function withoutToken(url: string, token: string): string | null {
  const given = Buffer.from(url.slice(0, token.length));
  if (given.length !== token.length || !timingSafeEqual(given, Buffer.from(token))) return null;
  const rest = url.slice(token.length);
  return rest === "" ? "/" : rest;
}

function secretless(text: string, { models }: SessionOptions): string {
  return models.reduce((said, { key }) => redact(said, key), text);
}
