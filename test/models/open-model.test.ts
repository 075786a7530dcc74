import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/models/model.ts";
import { openModel, type OpenModelOptions } from "../../src/models/open-model.ts";
import { findProvider } from "../../src/models/providers.ts";

const base = { providers: {}, env: {}, scripts: { cwd: "/", pauseScale: 1 } };

function refusal(options: Partial<OpenModelOptions> & { id: string }): string {
  try {
    openModel({ ...base, ...options });
  } catch (error) {
    if (error instanceof ModelError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  throw new Error("the model was expected to be refused");
}

describe("opening a model", () => {
  it("names the key that is not set", () => {
    expect(refusal({ id: "anthropic/claude-opus-5-5" })).toBe("auth: ANTHROPIC_API_KEY is not set");
    expect(refusal({ id: "google/gemini-3.8-flash" })).toBe(
      "auth: GEMINI_API_KEY or GOOGLE_API_KEY is not set",
    );
    expect(refusal({ id: "openai/gpt-5.5", env: { OPENAI_API_KEY: " " } })).toBe(
      "auth: OPENAI_API_KEY is not set",
    );
  });

  it("names the providers that there are", () => {
    const providers = {
      ollama: { api: "openai-chat", baseUrl: "http://localhost:11434/v1", keyEnv: null },
    } as const;
    expect(refusal({ id: "acme/one", providers })).toBe(
      `not-found: there is no provider "acme" for the model "acme/one"; there are anthropic, openai, google, scripted, ollama`,
    );
    expect(refusal({ id: "constructor/x" })).toContain(`no provider "constructor"`);
  });

  it("wants a provider in front of the model", () => {
    expect(refusal({ id: "claude-opus-5-5" })).toContain("write provider/id");
  });

  it("loads no package, so that start-up stays short", () => {
    const source = join(import.meta.dirname, "../../src/models/open-model.ts");
    const program = `
      import { registerHooks } from "node:module";
      const packages = [];
      registerHooks({ resolve: (name, context, next) => {
        if (/^(?!node:)[@a-z]/.test(name)) packages.push(name);
        return next(name, context);
      } });
      const { openModel } = await import(${JSON.stringify(pathToFileURL(source).href)});
      const options = { providers: {}, env: { ANTHROPIC_API_KEY: "k" }, scripts: { cwd: "/", pauseScale: 1 } };
      openModel({ ...options, id: "anthropic/x" });
      openModel({ ...options, id: "scripted/x" });
      console.log(JSON.stringify(packages.filter((name) => !name.startsWith("file:"))));`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(JSON.parse(out)).toEqual([]);
  });
});

describe("a provider", () => {
  const anthropic = { api: "anthropic", baseUrl: "http://from-config", keyEnv: "ANTHROPIC_API_KEY" } as const;
  const env = {
    ANTHROPIC_API_KEY: "k",
    ANTHROPIC_BASE_URL: "http://from-env",
    GOOGLE_API_KEY: "g",
    MY_KEY: "m",
  };

  it("takes its address from the environment", () => {
    expect(findProvider("anthropic/x", "anthropic", { providers: {}, env })).toMatchObject({
      baseUrl: "http://from-env",
      key: "k",
    });
  });

  it("takes its address from the configuration first", () => {
    expect(findProvider("anthropic/x", "anthropic", { providers: { anthropic }, env })).toMatchObject({
      baseUrl: "http://from-config",
    });
  });

  it("accepts either of Google's keys and says which", () => {
    expect(findProvider("google/x", "google", { providers: {}, env })).toMatchObject({
      key: "g",
      keyEnv: "GOOGLE_API_KEY",
    });
  });

  it("may have a key variable of its own, or none", () => {
    const providers = {
      mine: { ...anthropic, keyEnv: "MY_KEY" },
      ollama: { api: "openai-chat", baseUrl: "http://localhost:11434/v1", keyEnv: null },
    } as const;
    expect(findProvider("mine/x", "mine", { providers, env })).toMatchObject({ key: "m" });
    expect(findProvider("ollama/x", "ollama", { providers, env })).toMatchObject({ key: "", keyEnv: "" });
  });
});
