import type { SessionNotification, SessionUpdate } from "@agentclientprotocol/sdk/unstable";
import { toolActivity } from "../guest/tool-activity.ts";
import type { GuestEvent } from "../guest/guest.ts";

export type UpdateReader = {
  read: (notification: Pick<SessionNotification, "update">) => void;
  /** Hands on the words that are not told yet. */
  flush: () => void;
  /** What the model said last, told or not. */
  lastWords: () => string;
  /** US dollars of the whole session, where it tells them. */
  usd: () => number | null;
  /** The agent called its own turn a failure. */
  isBroken: () => boolean;
};

/** Words come in pieces, and are whole when a tool is called or the turn ends. */
export function createUpdateReader(onEvent: (event: GuestEvent) => void): UpdateReader {
  const titles = new Map<string, string>();
  let [words, last] = ["", ""];
  let usd: number | null = null;
  let isBroken = false;
  const flush = (): void => {
    if (words.trim() !== "") {
      last = words;
      onEvent({ type: "said", text: words });
    }
    words = "";
  };
  const tell = (text: string): void => onEvent({ type: "activity", text });

  const onTool = (
    update: Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>,
  ): void => {
    const { toolCallId, title } = update;
    const named = toolActivity(title ?? "", {});
    if (named === "" || titles.get(toolCallId) === named) return;
    titles.set(toolCallId, named);
    flush();
    tell(named);
  };
  return {
    read: ({ update }) => {
      switch (update.sessionUpdate) {
        case "agent_message_chunk":
          if (update.content.type === "text") words += update.content.text;
          return;
        case "agent_thought_chunk":
          return tell("thinking");
        case "tool_call":
        case "tool_call_update":
          return onTool(update);
        case "usage_update":
          if (update.cost?.currency === "USD") usd = update.cost.amount;
          return;
        case "session_info_update":
          isBroken ||= isSystemError(update._meta);
          return;
        default:
          // Plans, modes and commands are for an editor's panels.
          return;
      }
    },
    flush,
    lastWords: () => (words.trim() === "" ? last : words),
    usd: () => usd,
    isBroken: () => isBroken,
  };
}

/** codex-acp ends a turn well whose model could not be had; only this says otherwise. */
function isSystemError(meta: Record<string, unknown> | null | undefined): boolean {
  return /"threadStatus":\{[^}]*"type":"systemError"/.test(JSON.stringify(meta?.["codex"] ?? {}));
}
