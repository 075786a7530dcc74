import { isUtf8 } from "node:buffer";
import type { Refusal } from "../send-error.ts";
import type { GatewayApi } from "../upstream.ts";
import { askUsage } from "./ask-usage.ts";
import { applyEdits } from "./cut-out.ts";
import { readTree, type JsonNode } from "./json-tree.ts";
import { siftTools } from "./own-tools.ts";
import { protocolRules } from "./protocol-rules.ts";
import { siftTurns } from "./sift-turns.ts";
import { member, startSifting, textOf, type Sifting } from "./sifting.ts";

export type Withheld = {
  /** The very bytes that came where nothing had to go. */
  body: Buffer;
  /** Names of what was taken out, each once. */
  withheld: string[];
};

/**
 * A call's body without what would have the vendor reach out for the worker: tools that it runs itself, and parts of the
 * request that nobody here knows. Refused is what cannot go without the call meaning something else, and what could be
 * read in two ways.
 * @param body that JSON.parse has taken
 */
export function withhold(
  body: Buffer,
  { api, web, mustAskUsage = false }: { api: GatewayApi; web: boolean; mustAskUsage?: boolean },
): Withheld | Refusal {
  if (!isUtf8(body)) return unclear("it is not UTF-8");
  const text = body.toString();
  const read = readTree(text);
  if (read.type === "unclear") return unclear(read.why);
  const { sifting, edits, withheld } = startSifting({ api, text, web });
  const why = siftRequest(read.root, sifting);
  if (why !== null) return { status: 400, message: why };
  if (mustAskUsage) edits.push(askUsage(read.root, text));
  return {
    body: edits.length === 0 ? body : Buffer.from(applyEdits(text, edits)),
    withheld: [...withheld],
  };
}

function unclear(why: string): Refusal {
  return { status: 400, message: `the body can be read in more than one way: ${why}` };
}

function siftRequest(request: JsonNode, sifting: Sifting): string | null {
  if (request.type !== "object") return "a request has to be a JSON object";
  const { fields, refused, turns, webFields } = protocolRules[sifting.api];
  const gone = new Set<number>();
  for (const [index, { name, value }] of request.members.entries()) {
    if (isNull(value, sifting)) continue;
    if (refused.has(name))
      return `"${name}" is not passed on: it stands for something that lies at the vendor`;
    if (!fields.has(name) && !(sifting.web && webFields.has(name))) {
      sifting.tell(name);
      gone.add(index);
    } else if (turns.has(name)) {
      const why = siftTurns(value, sifting);
      if (why !== null) return why;
    } else if (/^generate_?content_?request$/i.test(name)) {
      const why = siftRequest(value, sifting);
      if (why !== null) return why;
    }
  }
  const why = siftToolsOf(request, { sifting, gone });
  sifting.take(request, gone);
  return why;
}

function siftToolsOf(
  request: Extract<JsonNode, { type: "object" }>,
  { sifting, gone }: { sifting: Sifting; gone: Set<number> },
): string | null {
  const at = request.members.findIndex(({ name }) => name === "tools");
  const tools = request.members[at]?.value;
  if (tools === undefined || isNull(tools, sifting)) return null;
  if (tools.type !== "array") return '"tools" has to be a list';
  const { left, names } = siftTools(tools, sifting);
  if (left === tools.items.length) return null;
  if (left === 0) gone.add(at);
  // It may name what is not there any more, which is an error at the vendor.
  for (const [index, { name, value }] of request.members.entries()) {
    if (name === "tool_choice" && (left === 0 || !canChoose(value, { sifting, names }))) gone.add(index);
  }
  return null;
}

function canChoose(choice: JsonNode, { sifting, names }: { sifting: Sifting; names: Set<string> }): boolean {
  if (choice.type !== "object") return true;
  const type = textOf(member(choice, "type"), sifting) ?? "";
  if (/^(auto|any|none|function|custom)$/.test(type)) return true;
  return type === "tool" && names.has(textOf(member(choice, "name"), sifting) ?? "");
}

function isNull(node: JsonNode, { text }: Sifting): boolean {
  return text.slice(node.start, node.end) === "null";
}
