import type { Usage } from "../../core/usage.ts";
import { asObject, parseJson, type Json } from "../json.ts";
import type { GatewayApi } from "../upstream.ts";
import { errorMessage } from "./error-message.ts";
import { endsStream, isIntact } from "./ends-stream.ts";
import { readSse } from "./sse.ts";
import { findUsage, readUsage } from "./usage.ts";

export type Metered = {
  /** Null where the server told none. */
  usage: Usage | null;
  /** What a stream said went wrong, or null. */
  error: string | null;
  /** False for a stream that ended before its closing event: it is part of an answer, however well its connection ended. */
  isWhole: boolean;
};

/** Reads along while an answer is passed on. */
export type Meter = { take: (chunk: Uint8Array) => void; end: () => Metered };

/** A whole answer that is longer is not read. */
const longestAnswer = 32 * 1024 * 1024;

/** @param contentType of the answer */
export function openMeter(api: GatewayApi, contentType: string): Meter {
  let told: Json = {};
  let error: string | null = null;
  const isStream = contentType.includes("event-stream");
  let isClosed = !isStream;

  function takeJson(value: unknown): void {
    // Google streams without `alt=sse` as one long array.
    if (Array.isArray(value)) {
      for (const item of value) takeJson(item);
      return;
    }
    const json = asObject(value);
    const usage = findUsage(api, json) ?? {};
    // A later event repeats only some counts; the others must not erase the first ones.
    const known = Object.entries(usage).filter(([, count]) => count !== null);
    told = { ...told, ...Object.fromEntries(known) };
    error = errorMessage(json) ?? error;
  }

  const reading = isStream
    ? readSse((data) => {
        isClosed = isClosed ? isIntact(data) : endsStream(api, data);
        // Most events are text; only the few that may tell something are parsed.
        if (data.includes('"usage') || data.includes('"error')) takeJson(parseJson(data));
      })
    : readWhole((text) => takeJson(parseJson(text)));
  return {
    take: reading.take,
    end: () => {
      reading.end();
      return { usage: readUsage(api, told), error, isWhole: isClosed || error !== null };
    },
  };
}

function readWhole(onText: (text: string) => void): ReturnType<typeof readSse> {
  let chunks: Uint8Array[] = [];
  let length = 0;
  return {
    take: (chunk) => {
      length += chunk.length;
      if (length > longestAnswer) chunks = [];
      else chunks.push(chunk);
    },
    end: () => onText(Buffer.concat(chunks).toString()),
  };
}
