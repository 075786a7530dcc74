import { expect, it } from "vitest";
import type { GatewayApi } from "../../../src/gateway/upstream.ts";
import { withhold } from "../../../src/gateway/withhold/withhold.ts";
import { farTools, nearTools, webTools } from "./bodies.ts";

type Case = [api: GatewayApi, body: unknown];

function sift([api, body]: Case, web = false): ReturnType<typeof withhold> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return withhold(Buffer.from(text), { api, web });
}

const image = (source: object): object => ({
  messages: [{ role: "user", content: [{ type: "tool_result", content: [{ type: "image", source }] }] }],
});
const input = (part: object): object => ({ input: [{ role: "user", content: [part] }] });
const messages = (part: object): object => ({ messages: [{ role: "user", content: [part] }] });
const far = "https://example.com/?q=secret";

const remote: Case[] = [
  ["anthropic", image({ type: "url", url: far })],
  ["anthropic", image({ url: far })],
  ["anthropic", image({ type: "urls", url: far })],
  ["anthropic", { system: [{ type: "document", source: { type: "url", url: far } }] }],
  ["openai", input({ type: "input_image", image_url: far })],
  ["openai", input({ type: "input_image", Image_URL: ` ${far}` })],
  ["openai", input({ type: "input_file", file_url: far })],
  ["openai", { input: [{ type: "computer_call_output", output: { image_url: far } }] }],
  ["openai-chat", messages({ type: "image_url", image_url: { url: far } })],
  ["openai-chat", messages({ type: "video_url", video_url: { URL: far } })],
  ["google", { contents: [{ parts: [{ fileData: { fileUri: far } }] }] }],
  [
    "google",
    { contents: [{ parts: [{ functionResponse: { parts: [{ file_data: { file_uri: far } }] } }] }] },
  ],
  ["google", { generateContentRequest: { systemInstruction: { parts: [{ fileData: { fileUri: far } }] } } }],
];

it.each(remote)("refuses in %s what the vendor would fetch, and takes it with web: %j", (...call) => {
  const refused = sift(call);
  expect(refused).toEqual({ status: 400, message: expect.stringContaining("would fetch") as string });
  expect(sift(call, true)).toMatchObject({ withheld: [] });
});

const within: Case[] = [
  ["anthropic", messages({ type: "tool_addition", tool: { type: "tool_reference", name: "Bash" } })],
  ["anthropic", image({ type: "base64", media_type: "image/png", data: "AAAA" })],
  ["anthropic", { messages: [{ role: "user", content: [{ type: "search_result", source: far }] }] }],
  ["openai", input({ type: "input_image", image_url: "data:image/png;base64,AAAA" })],
  ["openai", input({ type: "output_text", annotations: [{ type: "url_citation", url: far }] })],
  ["openai-chat", messages({ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } })],
  ["google", { contents: [{ parts: [{ inlineData: { data: "AAAA" } }] }] }],
];

it.each(within)("takes in %s what the call holds itself: %j", (...call) => {
  expect(sift(call)).toEqual({ body: Buffer.from(JSON.stringify(call[1])), withheld: [] });
});

const unclear: Case[] = [
  ["anthropic", '{"tools":[],"tools":[{"type":"mcp_toolset"}]}'],
  ["openai", '{"tools":[{"type":"function","type":"mcp"}]}'],
  ["openai", { prompt: { id: "p" } }],
  ["openai", { conversation: "c" }],
  ["google", { cachedContent: "cachedContents/1" }],
  ["google", { tools: { googleSearch: {} } }],
  ["anthropic", messages({ type: "tool_addition", tool: { definition: { type: "mcp_toolset" } } })],
  ["anthropic", messages({ type: "compaction", tool_changes: [{ type: "tool_addition" }] })],
];

it.each(unclear)("refuses in %s what it cannot answer for: %j", (...call) => {
  expect(sift(call)).toMatchObject({ status: 400 });
  expect(sift(call, true)).toMatchObject({ status: 400 });
});

it("refuses a body that is not UTF-8", () => {
  const body = Buffer.from([...Buffer.from('{"system":"'), 0xff, ...Buffer.from('"}')]);
  expect(withhold(body, { api: "anthropic", web: false })).toMatchObject({ status: 400 });
});

it("leaves everything around what it takes out as it was", () => {
  const body = `{ "model" : "m",\t"mcp_servers":[{"url":"https://example.com"}],  "temperature": 1.0,
    "tools": [ {"type":"web_search_20250305","name":"s"} , {"name":"\\u0061", "input_schema":{ } } ,{"type":"mcp_toolset"}]}`;
  expect(sift(["anthropic", body])).toEqual({
    body: Buffer.from(`{ "model" : "m",  "temperature": 1.0,
    "tools": [ {"name":"\\u0061", "input_schema":{ } }]}`),
    withheld: ["mcp_servers", "web_search_20250305", "mcp_toolset"],
  });
});

it("takes a choice with its tool, and leaves any other", () => {
  const tools = [...nearTools.anthropic, ...webTools.anthropic];
  const chosen = (tool_choice: object): unknown => {
    const sifted = sift(["anthropic", { tools, tool_choice }]);
    return "body" in sifted && (JSON.parse(sifted.body.toString()) as Record<string, unknown>)["tool_choice"];
  };
  expect(chosen({ type: "tool", name: "web_fetch" })).toBeUndefined();
  expect(chosen({ type: "tool", name: "Bash" })).toEqual({ type: "tool", name: "Bash" });
  expect(chosen({ type: "any" })).toEqual({ type: "any" });
  const all = { tools: webTools.openai, tool_choice: "required", model: "m" };
  expect(sift(["openai", all])).toMatchObject({ body: Buffer.from('{"model":"m"}') });
});

it.each(["anthropic", "openai", "openai-chat", "google"] as const)(
  "with web: lets through what looks things up in %s, and nothing else of the vendor's",
  (api) => {
    const web = webTools[api];
    const sifted = sift([api, { tools: [...web, ...farTools[api]] }], true);
    expect(sifted).toMatchObject({ body: Buffer.from(JSON.stringify({ tools: web })) });
  },
);

it("takes a type in another spelling for no type", () => {
  expect(sift(["openai", { tools: [{ type: "function", Type: "mcp" }, { TYPE: "function" }] }])).toEqual({
    body: Buffer.from("{}"),
    withheld: ["a tool with two types"],
  });
});
