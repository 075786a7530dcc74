import { expect, test } from "vitest";
import { resolveModel } from "../../src/models/open-model.ts";
import { keylessProviders, routeProviders } from "../../src/models/route-providers.ts";

const providers = {
  ollama: { api: "openai-chat", baseUrl: "http://localhost:11434/v1", keyEnv: null },
  proxy: { api: "anthropic", baseUrl: "https://llm.example.com", keyEnv: "PROXY_KEY" },
  openai: { api: "openai", baseUrl: "https://eu.example.com/v1", keyEnv: "EU_KEY" },
} as const;

test("every provider is found behind the address, under its own name and with a key that is none", () => {
  const routed = routeProviders(providers, "http://127.0.0.1:5/token");
  const reached = (id: string): unknown => {
    const { name, api, baseUrl, key } = resolveModel({ id, ...routed });
    return [name, api, baseUrl, key];
  };
  const key = "agentx-gateway";
  expect(reached("anthropic/a")).toEqual([
    "anthropic",
    "anthropic",
    "http://127.0.0.1:5/token/anthropic",
    key,
  ]);
  expect(reached("proxy/a")).toEqual(["proxy", "anthropic", "http://127.0.0.1:5/token/anthropic", key]);
  expect(reached("openai/o")).toEqual(["openai", "openai", "http://127.0.0.1:5/token/openai/v1", key]);
  expect(reached("ollama/q:8b")).toEqual([
    "ollama",
    "openai-chat",
    "http://127.0.0.1:5/token/openai/v1",
    key,
  ]);
  expect(reached("google/g")).toEqual(["google", "google", "http://127.0.0.1:5/token/google", key]);
  expect(reached("scripted/x.yaml")).toEqual(["scripted", "scripted", null, ""]);
  expect(() => reached("nobody/x")).toThrow('there is no provider "nobody"');
});

test("the environment is not looked at: neither for keys nor for addresses", () => {
  const { env } = routeProviders(providers, "http://127.0.0.1:5");
  expect(Object.keys(env)).toEqual(["AGENTX_GATEWAY_KEY"]);
});

test("without calls nobody asks for a key", () => {
  const keyless = { providers: keylessProviders(providers), env: {} };
  for (const id of ["anthropic/a", "openai/o", "google/g", "proxy/p", "ollama/q"]) {
    expect(resolveModel({ id, ...keyless }).key).toBe("");
  }
  expect(resolveModel({ id: "proxy/p", ...keyless }).baseUrl).toBe("https://llm.example.com");
  expect(() => resolveModel({ id: "anthropic/a", providers, env: {} })).toThrow(
    "ANTHROPIC_API_KEY is not set",
  );
});
