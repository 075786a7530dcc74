import {
  client,
  methods,
  type ClientContext,
  type PromptRequest,
  type Stream,
} from "@agentclientprotocol/sdk/unstable";
import { noUsage } from "../../core/usage.ts";
import type { GuestEnd, GuestTurn } from "../guest/guest.ts";
import { readError, readStop } from "./acp-end.ts";
import { answerPermission } from "./answer-permission.ts";
import { openSession, type Opening } from "./open-session.ts";
import { readUsage } from "./read-usage.ts";
import { createUpdateReader, type UpdateReader } from "./read-updates.ts";

export type Held = {
  /** Null when the connection ended before the turn did. */
  end: Promise<GuestEnd | null>;
  /** Asks the agent to end its turn; resolves when it has. */
  cancel: () => Promise<void>;
  close: () => void;
};

/** Opens a session over a connection, gives it the turn's prompt and tells what comes of it. */
export function holdSession(
  stream: Stream,
  turn: GuestTurn,
  place: Pick<Opening, "root" | "patience">,
): Held {
  const updates = createUpdateReader(turn.onEvent);
  // A history that is told again is not news.
  let isListening = false;
  const connection = client({ name: "agentx" })
    .onNotification(methods.client.session.update, ({ params }) => {
      if (isListening) updates.read(params);
    })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      const { outcome, isDenied } = answerPermission(params, turn.readOnly);
      if (isDenied)
        turn.onEvent({ type: "denied", tool: params.toolCall.title ?? params.toolCall.kind ?? "a tool" });
      return { outcome: turn.signal.aborted ? { outcome: "cancelled" } : outcome };
    })
    .connect(stream);
  let session: string | null = null;

  const work = async (agent: ClientContext): Promise<GuestEnd> => {
    const opened = await openSession(agent, { ...turn, ...place });
    if (opened.type === "failed") return opened.end;
    session = opened.id;
    turn.onEvent({ type: "session", id: opened.id });
    isListening = true;
    return prompt(agent, { session, turn, updates });
  };
  const ended = work(connection.agent);
  return {
    end: ended.then((end) => (connection.signal.aborted && end.type === "failed" ? null : end)),
    cancel: async () => {
      if (session === null) return;
      await connection.agent.notify(methods.agent.session.cancel, { sessionId: session });
      await ended;
    },
    close: () => connection.close(),
  };
}

async function prompt(
  agent: ClientContext,
  { session, turn, updates }: { session: string; turn: GuestTurn; updates: UpdateReader },
): Promise<GuestEnd> {
  const { onEvent, system } = turn;
  // The protocol has no place for rules; a session that is gone on with has them already.
  const rules = system === "" || turn.session !== null ? [] : [system];
  const request: PromptRequest = {
    sessionId: session,
    prompt: [...rules, turn.prompt].map((text) => ({ type: "text", text })),
  };
  try {
    const { stopReason, usage, _meta } = await agent.request(methods.agent.session.prompt, request);
    updates.flush();
    const used = readUsage(usage, _meta);
    // The cost is of the whole session, and only of a new one also of this start.
    const usd = turn.session === null ? updates.usd() : null;
    if (used !== null || usd !== null)
      onEvent({ type: "used", scope: "total", model: turn.model?.name ?? null, usage: used ?? noUsage, usd });
    const end = readStop({ stopReason, words: updates.lastWords(), isBroken: updates.isBroken() });
    onEvent({ type: "ended", end });
    return end;
  } catch (error) {
    updates.flush();
    return readError(error, "prompt");
  }
}
