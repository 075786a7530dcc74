import type { ProviderSpec } from "../core/run-settings.ts";

/** Where the vendors' own SDKs go when they are told nothing else. A slash at the end is left out. */
export const vendorUrl: Record<Exclude<ProviderSpec["api"], "scripted">, string> = {
  anthropic: "https://api.anthropic.com",
  openai: "https://api.openai.com/v1",
  "openai-chat": "https://api.openai.com/v1",
  google: "https://generativelanguage.googleapis.com",
};
