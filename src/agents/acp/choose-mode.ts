import type { SessionModeState } from "@agentclientprotocol/sdk/unstable";

/** An agent's own sandbox has no room in ours: its commands would fail. Seen: codex-acp. */
const withoutSandbox = ["agent-full-access", "full-access"];
/** As agents call the mode that asks for nothing. Seen: claude-agent-acp, gemini. */
const askingNothing = ["bypassPermissions", "yolo"];
/** As they call the one that asks before each change; claude-agent-acp begins in one where another model decides. */
const askingAlways = ["default"];

/**
 * The mode to set, or null where the present one will do. Where files may not be changed the agent asks, and is
 * told at once what it may not do; where no mode is known every request is answered.
 */
export function chooseMode(modes: SessionModeState | null | undefined, readOnly: boolean): string | null {
  if (!modes) return null;
  const ids = new Set(modes.availableModes.map(({ id }) => id));
  const wanted = [...withoutSandbox, ...(readOnly ? askingAlways : askingNothing)];
  const chosen = wanted.find((id) => ids.has(id));
  return chosen === undefined || chosen === modes.currentModeId ? null : chosen;
}
