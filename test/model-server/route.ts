import { anthropicWire } from "./anthropic.ts";
import { googleWire } from "./google.ts";
import { chatWire } from "./openai-chat.ts";
import { responsesWire } from "./openai-responses.ts";
import type { Provider, Wire } from "./types.ts";

export type Route = { provider: Provider; wire: Wire; path: string };

/** Which protocol a path belongs to; null when to none. */
export function routeOf(url: string): Route | null {
  const path = new URL(url, "http://localhost").pathname;
  if (path.endsWith("/messages")) return { provider: "anthropic", wire: anthropicWire, path };
  if (path.endsWith("/responses")) return { provider: "openai", wire: responsesWire, path };
  if (path.endsWith("/chat/completions")) return { provider: "openai-chat", wire: chatWire, path };
  if (/:(streamG|g)enerateContent$/.test(path)) return { provider: "google", wire: googleWire, path };
  return null;
}
