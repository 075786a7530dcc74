import type { Usage } from "../core/usage.ts";

export type ToolSpec = {
  name: string;
  description: string;
  /** JSON Schema of an object. */
  parameters: Record<string, unknown>;
};

export type ToolCall = {
  id: string;
  name: string;
  /** Parsed arguments; `invalid` holds the raw text when they were not a JSON object. */
  input: Record<string, unknown>;
  invalid?: string;
};

export type AssistantMessage = {
  role: "assistant";
  text: string;
  toolCalls: ToolCall[];
  /**
   * The provider's own form of this message (thinking blocks, reasoning items, thought signatures).
   * It is sent back verbatim to the same model and left out for any other.
   */
  native: { model: string; value: unknown } | null;
};

export type Message =
  | { role: "user"; text: string }
  | AssistantMessage
  | { role: "tool"; results: { id: string; name: string; text: string; isError: boolean }[] };

export type ModelRequest = {
  system: string;
  /** Append-only over a conversation, so that the prefix stays byte-stable and provider caches hit. */
  messages: readonly Message[];
  tools: readonly ToolSpec[];
  /** Name of the one tool that must be called, or null for the model's choice. */
  mustCall: string | null;
  maxOutputTokens: number;
  signal: AbortSignal;
  /** Called for every sign of life of the stream; text only where there is some to show. */
  onProgress: (text: string) => void;
};

export type ModelReply = {
  message: AssistantMessage;
  /** `length`: cut off by the token limit. `refusal`: the provider or the model declined. */
  stop: "end" | "tools" | "length" | "refusal";
  usage: Usage;
  /** US dollars, or null where the price is not known. */
  usd: number | null;
};

/** One model behind one door. `call` streams, resolves once, and throws only ModelError or the signal's reason. */
export type Model = { id: string; call: (request: ModelRequest) => Promise<ModelReply> };

export type ModelErrorKind =
  | "auth"
  | "not-found"
  | "quota"
  | "rate-limit"
  | "overloaded"
  | "network"
  | "truncated"
  | "context-length"
  | "bad-request";

/** A call that did not end in a reply. */
export class ModelError extends Error {
  readonly kind: ModelErrorKind;
  readonly model: string;
  /** When the provider says how long to wait. */
  readonly retryAfterMs: number | null;

  constructor(
    kind: ModelErrorKind,
    model: string,
    options: { message: string; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(options.message, { cause: options.cause });
    this.name = "ModelError";
    this.kind = kind;
    this.model = model;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }

  /** The same call may succeed later without anybody doing anything. */
  get isTransient(): boolean {
    return ["rate-limit", "overloaded", "network", "truncated"].includes(this.kind);
  }
}
