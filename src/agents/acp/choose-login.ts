import type { AuthenticateRequest, AuthMethod } from "@agentclientprotocol/sdk/unstable";
import type { Credentials } from "../../core/agent-spec.ts";
import { dummyKey, type DoorUrls } from "../guest/door.ts";

/** Methods that need no person, because the key is in the environment already. Seen: gemini, codex-acp. */
const byKey = ["gemini-api-key", "api-key", "codex-api-key", "openai-api-key", "anthropic-api-key"];

/** How to log in to an agent that asks for it, or null where that takes a person. */
export function chooseLogin(
  methods: readonly AuthMethod[],
  { credentials, urls }: { credentials: Credentials; urls: DoorUrls },
): AuthenticateRequest | null {
  if (credentials === "own") return null;
  const ids = new Set(methods.map(({ id }) => id));
  const methodId = byKey.find((id) => ids.has(id));
  if (methodId !== undefined) return { methodId, _meta: { "api-key": { apiKey: dummyKey } } };
  // Only gemini's is known, which therefore is the address to give.
  if (ids.has("gateway"))
    return { methodId: "gateway", _meta: { gateway: { baseUrl: urls.google, headers: {} } } };
  return null;
}
