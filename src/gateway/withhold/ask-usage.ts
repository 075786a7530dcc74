import { asObject, parseJson } from "../json.ts";
import type { Edit } from "./cut-out.ts";
import type { JsonNode } from "./json-tree.ts";
import { member } from "./sifting.ts";

/** What has a stream of Chat Completions end with its usage; the rest of the request stays as it is. */
export function askUsage(request: JsonNode, text: string): Edit {
  const options = member(request, "stream_options");
  if (options === null) {
    const end = request.end - 1;
    return { start: end, end, with: ',"stream_options":{"include_usage":true}' };
  }
  const given = asObject(parseJson(text.slice(options.start, options.end)));
  return { start: options.start, end: options.end, with: JSON.stringify({ ...given, include_usage: true }) };
}
