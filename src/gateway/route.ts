import type { GatewayApi } from "./upstream.ts";

/** Protocols that share a form of errors. */
export type Family = "anthropic" | "openai" | "google";

/** A model call, or what is free of charge and close to one. */
export type CallRoute = {
  type: "call";
  family: Family;
  api: GatewayApi;
  /** Put after the model's base URL; nothing in it but the model's name is the client's choice. */
  path: string;
  /** Whether it is paid for. */
  metered: boolean;
  /** Null where the body tells. */
  named: { model: string; stream: boolean } | null;
};

export type Route =
  | CallRoute
  | { type: "alive" }
  | { type: "models" }
  | { type: "unknown"; family: Family }
  /** Not for a model. */
  | { type: "other" }
  /** A path that could mean one thing here and another elsewhere. */
  | { type: "refused" };

type Entry = Pick<CallRoute, "family" | "api" | "metered"> & { to: string; query: string };

const posts: Record<string, Entry> = {
  "/anthropic/v1/messages": {
    family: "anthropic",
    api: "anthropic",
    to: "/v1/messages",
    query: "beta=true",
    metered: true,
  },
  "/anthropic/v1/messages/count_tokens": {
    family: "anthropic",
    api: "anthropic",
    to: "/v1/messages/count_tokens",
    query: "beta=true",
    metered: false,
  },
  "/openai/v1/responses": { family: "openai", api: "openai", to: "/responses", query: "", metered: true },
  "/openai/v1/chat/completions": {
    family: "openai",
    api: "openai-chat",
    to: "/chat/completions",
    query: "",
    metered: true,
  },
};

const google =
  /^\/google(\/v1(?:beta)?\/models\/([A-Za-z0-9][A-Za-z0-9_.-]{0,127}):(streamGenerateContent|generateContent|countTokens))$/;

/** For the one who asked for something else. */
export const passedOn: string = [
  ...Object.keys(posts),
  "/google/v1beta/models/<model>:streamGenerateContent, :generateContent and :countTokens",
].join(", ");

/** @param target as it stands in the request line, the token of a loopback session taken off */
export function readRoute(method: string, target: string): Route {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const queries = mark === -1 ? [] : target.slice(mark + 1).split("&");
  if (!isPlain(path)) return { type: "refused" };
  const family = /^\/(anthropic|openai|google)(?=\/|$)/.exec(path)?.[1] as Family | undefined;
  if (family === undefined) return { type: "other" };
  if (method === "GET" || method === "HEAD") {
    if (/^\/anthropic(\/|\/api\/hello)?$/.test(path)) return { type: "alive" };
    if (path === "/openai/v1/models") return { type: "models" };
  }
  const call = method === "POST" ? (postRoute(path, queries) ?? googleRoute(path, queries)) : null;
  return call ?? { type: "unknown", family };
}

/** One spelling for one path: absolute from the root, no dots, no empty parts, nothing encoded that would cut or climb. */
function isPlain(path: string): boolean {
  return (
    /^\/[!-~]*$/.test(path) &&
    !/[\\#]|\/\/|%(2f|5c|2e|0d|0a|00|25)/i.test(path) &&
    !/\/\.{1,2}(\/|$)/.test(path)
  );
}

function postRoute(path: string, queries: string[]): CallRoute | null {
  const entry = Object.hasOwn(posts, path) ? posts[path] : undefined;
  if (!entry) return null;
  const { family, api, to, query, metered } = entry;
  const kept = query !== "" && queries.includes(query) ? `?${query}` : "";
  return { type: "call", family, api, path: to + kept, metered, named: null };
}

function googleRoute(path: string, queries: string[]): CallRoute | null {
  const [, to = "", model = "", verb] = google.exec(path) ?? [];
  if (model === "") return null;
  return {
    type: "call",
    family: "google",
    api: "google",
    path: to + (queries.includes("alt=sse") ? "?alt=sse" : ""),
    metered: verb !== "countTokens",
    named: { model, stream: verb === "streamGenerateContent" },
  };
}
