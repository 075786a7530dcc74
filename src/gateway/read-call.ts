import { asCount, asObject, parseJson, type Json } from "./json.ts";
import type { CallRoute } from "./route.ts";
import type { Refusal } from "./send-error.ts";

/** What the gateway has to know of a call's body, and the body as it is passed on. */
export type ReadCall = {
  model: string;
  stream: boolean;
  /** The most that the answer can have. */
  maxOutputTokens: number;
  /** Chat Completions tell usage in a stream only when they are asked to. */
  mustAskUsage: boolean;
  body: Buffer;
};

/** Where a body sets no limit of its own. */
const usualOutputTokens = 16_000;

export function readCall(route: CallRoute, body: Buffer): ReadCall | Refusal {
  const parsed = parseJson(body.toString());
  const json = asObject(parsed);
  if (parsed !== json) return { status: 400, message: "the body has to be a JSON object" };
  const model = route.named?.model ?? json["model"];
  if (typeof model !== "string" || !/^[!-~]{1,200}$/.test(model)) {
    return { status: 400, message: 'the body has to name a model in "model"' };
  }
  if (json["background"] === true) {
    return { status: 400, message: '"background" is not passed on: its usage could not be counted' };
  }
  const stream = route.named?.stream ?? json["stream"] === true;
  return {
    model,
    stream,
    maxOutputTokens: mostOutput(json),
    mustAskUsage:
      route.api === "openai-chat" && stream && asObject(json["stream_options"])["include_usage"] !== true,
    body,
  };
}

function mostOutput(json: Json): number {
  const config = asObject(json["generationConfig"]);
  const limit =
    asCount(json["max_tokens"]) ??
    asCount(json["max_completion_tokens"]) ??
    asCount(json["max_output_tokens"]) ??
    asCount(config["maxOutputTokens"]);
  const answers = asCount(json["n"]) ?? asCount(config["candidateCount"]) ?? 1;
  return (limit ?? usualOutputTokens) * Math.max(1, answers);
}
