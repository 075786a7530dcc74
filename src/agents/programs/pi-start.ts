import type { ModelApi } from "../guest/guest.ts";
import { dummyKey, type DoorUrls } from "../guest/door.ts";
import type { Start, StartOptions } from "./program.ts";

const folder = ".pi/agent";
const reading = "read,bash,grep,find,ls";
const writing = "read,bash,edit,write";

const settings = {
  // A call of the model waits for as long as a question to the person is open.
  httpIdleTimeoutMs: 0,
  // The gateway has retried already.
  retry: { maxRetries: 1, baseDelayMs: 1000 },
  enableInstallTelemetry: false,
  enableAnalytics: false,
};

export function startPi(options: StartOptions): Start {
  const { system, prompt, session, newSession, model, readOnly } = options;
  const provider =
    options.credentials === "gateway" && model !== null ? providerOf(model.api, options.urls) : null;
  const name = model?.name ?? "";
  return {
    args: [
      "--mode",
      "rpc",
      ...(model === null ? [] : modelArgs(provider, model)),
      "--tools",
      readOnly ? reading : writing,
      // Nothing of the worktree's own is taken for configuration, nor AGENTS.md: the prompt has what counts.
      "--no-approve",
      "--no-context-files",
      "--no-extensions",
      "--no-skills",
      "--no-prompt-templates",
      "--no-themes",
      // Only `--session` fails where the session is not there; `--session-id` would silently begin a new one.
      ...(session === null ? ["--session-id", newSession] : ["--session", session]),
    ],
    env: { PI_OFFLINE: "1", PI_TELEMETRY: "0", PI_SKIP_VERSION_CHECK: "1", NO_PROXY: "127.0.0.1,localhost" },
    stdin: lines({ type: "get_state" }, { type: "prompt", message: prompt }),
    keepsInput: true,
    files: {
      [`${folder}/settings.json`]: JSON.stringify(settings),
      [`${folder}/models.json`]: JSON.stringify({ providers: provider?.entry(name) ?? {} }),
      // Also when it is empty: an earlier start may have left another one.
      [`${folder}/APPEND_SYSTEM.md`]: system,
    },
  };
}

type Provider = { name: string; entry: (model: string) => Record<string, object> };

/**
 * pi's own providers, at another address: what it knows of a model (window, thinking) stays known, and for one that it does
 * not know it takes the provider's usual values.
 */
function providerOf(api: ModelApi, urls: DoorUrls): Provider {
  const own = (name: string, baseUrl: string): Provider => ({
    name,
    entry: () => ({ [name]: { baseUrl, apiKey: dummyKey } }),
  });
  switch (api) {
    case "anthropic":
      return own("anthropic", urls.anthropic);
    case "openai":
      return own("openai", urls.openai);
    case "google":
      return own("google", `${urls.google}/v1beta`);
    case "openai-chat": {
      const entry = { baseUrl: urls.openai, apiKey: dummyKey, api: "openai-completions" };
      return { name: "agentx", entry: (id) => ({ agentx: { ...entry, models: [{ id }] } }) };
    }
  }
}

function modelArgs(provider: Provider | null, model: { id: string; name: string }): string[] {
  return provider === null ? ["--model", model.id] : ["--provider", provider.name, "--model", model.name];
}

function lines(...commands: object[]): string {
  return commands.map((command) => `${JSON.stringify(command)}\n`).join("");
}
