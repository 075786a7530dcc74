import { loadScript } from "../../src/models/script.ts";
import { findTurn } from "../../src/models/script-turn.ts";
import { startModelServer, type ModelServer, type ModelServerOptions } from "./server.ts";
import type { NormalisedRequest, ServerTurn } from "./types.ts";

export type ServeScriptOptions = Omit<ModelServerOptions, "reply"> & {
  /** What to say instead of the script's turn, or null for that turn. */
  instead?: (request: NormalisedRequest) => ServerTurn | null | Promise<ServerTurn | null>;
  /** Puts a turn into the form that whoever asks can play. */
  shape?: (turn: ServerTurn, request: NormalisedRequest) => ServerTurn;
};

/** A server that answers from a script of the `scripted` provider, so the same part can be played through a real SDK. */
export async function serveScript(
  file: string,
  { instead = () => null, shape = (turn) => turn, ...options }: ServeScriptOptions = {},
): Promise<ModelServer> {
  const script = await loadScript(file);
  return startModelServer({
    ...options,
    reply: async (request) => shape((await instead(request)) ?? dueTurn(script, request), request),
  });
}

/** Not what Claude Code puts into a session that was broken off, so that roles alternate. */
function isOurs({ role, text }: NormalisedRequest["messages"][number]): boolean {
  return role === "assistant" && text !== "No response requested.";
}

/** Calls without tools are side calls of other programs (a title, a routing question) and get a plain "ok". */
function dueTurn(script: Awaited<ReturnType<typeof loadScript>>, request: NormalisedRequest): ServerTurn {
  if (request.toolNames.length === 0) return { say: "ok" };
  const userTexts = request.messages.filter(({ role }) => role === "user").map(({ text }) => text);
  const turn = request.messages.filter(isOurs).length;
  const found = findTurn(script, { userTexts, turn });
  return found.type === "turn" ? found.turn : { fail: { kind: "bad-request", message: found.reason } };
}
