import { createHash } from "node:crypto";
import type { GatewayApi, KnownPaths, UpstreamCall } from "../upstream.ts";
import type { RequestPrint } from "./cassette.ts";
import { normaliseText } from "./normalise-text.ts";

type Json = Readonly<Record<string, unknown>>;

/** Say who asks and in which session, and nothing about what is asked. */
const volatileFields = new Set([
  "metadata",
  "client_metadata",
  "prompt_cache_key",
  "safety_identifier",
  "user",
  "session_id",
  "labels",
]);

/** What a request is known by again: the same for the same question in another run, folder and hour. Pure. */
export function printRequest(call: Pick<UpstreamCall, "url" | "body" | "model" | "paths">): RequestPrint {
  const { url, body, model, paths = {} } = call;
  const text = body.toString("utf8");
  const operation = operationOf(url);
  const json = objectIn(text);
  if (json === null) {
    const hash = hashOf(operation, normaliseText(text, paths));
    return { operation, hash, tail: hash, turns: 0, tools: 0, bytes: body.length };
  }
  const turns = turnsOf(model.api, json);
  const asked = Object.fromEntries(Object.entries(json).filter(([name]) => !volatileFields.has(name)));
  return {
    operation,
    hash: hashOf(operation, JSON.stringify(canonical(asked, paths))),
    tail: hashOf(operation, JSON.stringify(canonical(turns.at(-1) ?? null, paths))),
    turns: turns.length,
    tools: countTools(model.api, json),
    bytes: body.length,
  };
}

function operationOf(url: string): string {
  const [path = ""] = url.split("?");
  return path.split("/").at(-1)?.split(":").at(-1) ?? "";
}

function turnsOf(api: GatewayApi, json: Json): readonly unknown[] {
  const field = { anthropic: "messages", openai: "input", "openai-chat": "messages", google: "contents" }[
    api
  ];
  const turns = json[field];
  if (turns === undefined || turns === null) return [];
  return Array.isArray(turns) ? (turns as unknown[]) : [turns];
}

/** Google puts any number of functions into one tool. */
function countTools(api: GatewayApi, { tools }: Json): number {
  if (!Array.isArray(tools)) return 0;
  if (api !== "google") return tools.length;
  const functions = (tools as unknown[]).map((tool) => {
    const declared = isObject(tool) ? (tool["functionDeclarations"] ?? tool["function_declarations"]) : null;
    return Array.isArray(declared) ? declared.length : 1;
  });
  return functions.reduce((sum, count) => sum + count, 0);
}

/** Keys in one order, texts without what differs from run to run. */
function canonical(value: unknown, paths: KnownPaths): unknown {
  if (typeof value === "string") return normaliseText(value, paths);
  if (Array.isArray(value)) return (value as unknown[]).map((one) => canonical(one, paths));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, one]) => [name, canonical(one, paths)]);
}

function objectIn(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Not JSON: it is compared as text.
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hashOf(operation: string, text: string): string {
  return createHash("sha256").update(`${operation}\n${text}`).digest("hex").slice(0, 24);
}
