import { afterEach, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import { aSession, ask, endAll, endings, type ASession } from "./a-gateway.ts";
import { webTools } from "./withhold/bodies.ts";

afterEach(endAll);

const serve = async (): Promise<ModelServer> => {
  const server = await startModelServer({ reply: () => ({ say: "ok" }) });
  endings.push(server.close);
  return server;
};

const own = { name: "Bash", input_schema: { type: "object" } };
const call = (more: object): RequestInit => ({
  body: JSON.stringify({
    model: "claude-opus-5-5",
    max_tokens: 9,
    messages: [{ role: "user", content: "Hi" }],
    tools: [own, ...webTools.anthropic],
    ...more,
  }),
  headers: { "anthropic-beta": "context-1m-2025-08-07, web-fetch-2025-09-10,mcp-client-2025-11-20" },
});

const toolsOf = (server: ModelServer, index: number): unknown =>
  (JSON.parse(server.requests[index]?.body ?? "{}") as Record<string, unknown>)["tools"];

it("takes the vendor's own tools and their betas out of a call, and tells of each once", async () => {
  const server = await serve();
  const session = await aSession(server);
  for (const container of ["a", "b"]) {
    expect((await ask(session.base, call({ container, mcp_servers: [] }))).status).toBe(200);
  }
  expect(toolsOf(server, 0)).toEqual([own]);
  expect(server.requests[1]?.body).not.toMatch(/container|mcp_servers|web_/);
  expect(server.requests[0]?.headers["anthropic-beta"]).toBe("context-1m-2025-08-07");
  expect(session.withheld).toEqual(["container", "mcp_servers", "web_search_20250305", "web_fetch_20260318"]);
});

it("does not tell of ever new names for ever", async () => {
  const session = await aSession(await serve());
  for (const round of [0, 1, 2]) {
    const more = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`far_${round}_${index}`, 1]));
    await ask(session.base, call(more));
  }
  expect(session.withheld).toHaveLength(20);
});

it("lets a worker that may use the web have its vendor look things up", async () => {
  const server = await serve();
  const session = await aSession(server, { web: true });
  await ask(session.base, call({ mcp_servers: [] }));
  expect(toolsOf(server, 0)).toEqual([own, ...webTools.anthropic]);
  expect(server.requests[0]?.headers["anthropic-beta"]).toBe("context-1m-2025-08-07,web-fetch-2025-09-10");
  expect(session.withheld).toEqual(["mcp_servers"]);
});

const chat = async ({ base }: ASession, body: string): Promise<number> => {
  const response = await fetch(`${base}/openai/v1/chat/completions`, { method: "POST", body });
  await response.text();
  return response.status;
};

it("calls no model that searches by itself, unless the person named it or allowed the web", async () => {
  const server = await serve();
  const models = [
    {
      id: "openrouter/perplexity/sonar",
      provider: "openrouter",
      name: "perplexity/sonar",
      api: "openai-chat" as const,
      baseUrl: `${server.url}/v1`,
      key: "",
    },
  ];
  const body = (model: string): string => JSON.stringify({ model, messages: [] });
  const session = await aSession(server, { models });
  for (const far of ["m/x:online", "gpt-4o-search-preview", "o3-deep-research", "perplexity/sonar-pro"]) {
    expect(await chat(session, body(far)), far).toBe(400);
  }
  expect(await chat(session, body("perplexity/sonar"))).toBe(200);
  expect(await chat(session, body("m/research-free"))).toBe(400);
  expect(await chat(await aSession(server, { models, web: true }), body("m/x:online"))).toBe(200);
});

it("asks a stream of Chat Completions for its usage and changes nothing else", async () => {
  const server = await serve();
  const session = await aSession(server);
  const begin = '{ "model":"qwen3:8b", "temperature": 1.0, "messages":[], "stream":true';
  await chat(session, `${begin}}`);
  await chat(session, `${begin},"stream_options":{"include_obfuscation":false}}`);
  expect(server.requests.map(({ body }) => body)).toEqual([
    `${begin},"stream_options":{"include_usage":true}}`,
    `${begin},"stream_options":{"include_obfuscation":false,"include_usage":true}}`,
  ]);
});

it("refuses a body that names something twice before anybody is asked", async () => {
  const server = await serve();
  const session = await aSession(server);
  const twice = '{"model":"claude-opus-5-5","messages":[],"tools":[],"tools":[{"type":"mcp_toolset"}]}';
  const refused = await ask(session.base, { body: twice });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain(
    'agentx: the body can be read in more than one way: it has \\"tools\\" twice',
  );
  expect(server.requests).toEqual([]);
});
