import type { IncomingHttpHeaders } from "node:http";
import type { Usage } from "../../src/core/usage.ts";
import type { ScriptTurn } from "../../src/models/script.ts";

export type Provider = "anthropic" | "openai" | "openai-chat" | "google";

/** A message in no provider's form. */
export type NormalisedMessage = {
  role: "user" | "assistant" | "tool";
  text: string;
  toolCalls: { id: string; name: string; input: unknown }[];
  toolResults: { id: string; text: string }[];
};

/** A model call as the server understood it, whichever protocol it came by. */
export type NormalisedRequest = {
  provider: Provider;
  model: string;
  system: string;
  messages: NormalisedMessage[];
  toolNames: string[];
  stream: boolean;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as it came, and its length. */
  body: string;
  bytes: number;
};

/** How a call goes wrong on the wire. */
export type Fault =
  /** An error answer in the provider's form; `retryAfter` in seconds; `code` and `message` replace the usual ones. */
  | { type: "status"; status: number; retryAfter?: number; code?: string; message?: string }
  /** The connection is reset before any answer. */
  | { type: "reset" }
  /** Nothing more is sent after this many bytes (0: no headers either), and the connection stays open. */
  | { type: "hang"; afterBytes: number }
  /** The connection is destroyed after this many bytes of the stream. */
  | { type: "cut"; afterBytes: number }
  /** The stream ends well-formed but without its last events. */
  | { type: "early-end" }
  /** The stream carries an error event in the provider's form. */
  | { type: "stream-error"; message: string };

/** What the server says once: the scripted turn and what only a wire can do. */
export type ServerTurn = ScriptTurn & {
  fault?: Fault;
  /** Told instead of the usual estimate; "none" leaves usage out. */
  usage?: Usage | "none";
  /** Arguments of every tool call as raw text, valid JSON or not. */
  rawArguments?: string;
  /** The id of every tool call, where it is not to be one of its own. */
  callId?: string;
};

export type Reply = (request: NormalisedRequest) => ServerTurn | Promise<ServerTurn>;

/** Every HTTP request, in the order of arrival; `status` is 0 until one was sent. */
export type LoggedRequest = {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  status: number;
  /** Null for what is no model call. */
  call: NormalisedRequest | null;
};

/** What the server issued and expects back unchanged: tool call id or signature → the proof that belongs to it. */
export type Memory = { calls: Map<string, { model: string; proof: string }>; proofs: Map<string, string> };

export type Answer = {
  turn: ServerTurn;
  request: NormalisedRequest;
  /** The parsed body. */
  json: Record<string, unknown>;
  usage: Usage | "none";
  memory: Memory;
  /** Unique in this server and unlikely in another. */
  newId: (prefix: string) => string;
};

/** One provider's protocol. */
export type Wire = {
  read: (json: Record<string, unknown>, path: string) => ReadCall;
  /** Why a real provider would answer 400, or null. */
  violation: (json: Record<string, unknown>, model: string, memory: Memory) => string | null;
  /** Server-sent events, ready for the socket. The last `closing` ones end the stream well. */
  stream: (answer: Answer) => { events: string[]; closing: number };
  /** The same answer in one piece. */
  whole: (answer: Answer) => unknown;
  error: (failure: { status: number; message: string; code: string | null }) => unknown;
  streamError: (message: string) => string;
};

type ReadCall = Pick<NormalisedRequest, "model" | "system" | "messages" | "toolNames" | "stream">;
