import type { Readable } from "node:stream";

export type GatewayApi = "anthropic" | "openai" | "openai-chat" | "google";

/** A model behind the gateway: where it is, and the key that only the dispatcher knows. */
export type GatewayModel = {
  /** `provider/id`. */
  id: string;
  /** The provider's name, which the pause after a rate limit is shared by. */
  provider: string;
  /** What the provider calls it. */
  name: string;
  api: GatewayApi;
  /** Without a slash at its end; the vendor's own where nothing else is configured. */
  baseUrl: string;
  key: string;
};

/** Folders of a job by name (`worktree`, `home`, `scratch`), which lie elsewhere in another run. */
export type KnownPaths = Readonly<Record<string, string>>;

/** A call as it goes to a vendor: the client's own key and its connection's headers are gone, ours is there. */
export type UpstreamCall = {
  label: string;
  model: GatewayModel;
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** From the session; a cassette goes by them. */
  paths?: KnownPaths | undefined;
  signal: AbortSignal;
};

export type UpstreamAnswer = {
  status: number;
  /** Lower-case names; those of the connection are left out. */
  headers: Record<string, string>;
  body: Readable;
};

/** One try, no retries. Rejects with the network's error, or the signal's reason. */
export type Upstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;
