import type { IncomingMessage, ServerResponse } from "node:http";
import type { AttemptFailure } from "../../core/event.ts";
import type { Limits } from "../../core/run-settings.ts";
import type { ModelCall } from "../agent.ts";

/** What the door to the models has to know about one job. */
export type DoorOptions = {
  /** Host path of the unix socket to listen on. */
  socket: string;
  /** Names the job in a cassette, e.g. `implement add-login`: the same in every run of the same plan. */
  label: string;
  /** The job's folders by name (see knownPaths), for a cassette. */
  paths?: () => Promise<Readonly<Record<string, string>>>;
  /** `provider/id`s that may be called; empty for a program with its own login, whose calls do not come this way. */
  models: readonly string[];
  /** `turns`, `tokens` and `usd` are held here: a call past one is refused, and so is every later one. */
  limits: Limits;
  usdLeft: () => number | null;
  /** Awaited before a call is passed on: while a question is open, calls wait. */
  ready: () => Promise<void>;
  onCall: (call: ModelCall) => void;
  /** Every byte of an answer is a sign of life; the text is for the person where there is something to say. */
  onProgress: (text: string) => void;
  /** Whether the vendor may look things up in the web for it. */
  web: boolean;
  /** What was taken out of its calls because the vendor would have run it, each name once. */
  onWithheld: (names: readonly string[]) => void;
  /** Requests that are not for a model; true when it took the request. */
  handle: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** What a vendor said when it did not answer a call. */
export type UpstreamFailure = {
  /** `provider/id`. */
  model: string;
  /** Null where no HTTP answer came. */
  status: number | null;
  /** The vendor's words, at most 2,000 characters. */
  message: string;
  /** How long it wants to be left alone, where it says so. */
  retryAfterMs: number | null;
};

export type Door = {
  /** The limit that a call was refused for, or null. */
  refusal: () => AttemptFailure | null;
  /** The last call's failure; null when the last call went well or there was none. */
  lastFailure: () => UpstreamFailure | null;
  /** Model calls that were passed on. */
  calls: () => number;
  close: () => Promise<void>;
};

/** The engine's: agents do not know the gateway. */
export type OpenDoor = (options: DoorOptions) => Promise<Door>;

/** Where a guest finds the models, seen from inside the sandbox. */
export type DoorUrls = {
  /** For ANTHROPIC_BASE_URL: `<door>/anthropic`; the client adds `/v1/messages`. */
  anthropic: string;
  /** For an OpenAI base URL: `<door>/openai/v1`; the client adds `/responses` or `/chat/completions`. */
  openai: string;
  /** For GOOGLE_GEMINI_BASE_URL: `<door>/google`; the client adds `/v1beta/models/…`. */
  google: string;
  /** Streamable HTTP MCP server with the worker's tools. */
  mcp: string;
  /** The door itself, for AGENTX_DOOR. */
  base: string;
};

export function doorUrls(base: string): DoorUrls {
  return {
    anthropic: `${base}/anthropic`,
    openai: `${base}/openai/v1`,
    google: `${base}/google`,
    mcp: `${base}/mcp`,
    base,
  };
}

/** Goes where a key is asked for; the gateway puts the real one in its place. */
export const dummyKey = "agentx-gateway";
