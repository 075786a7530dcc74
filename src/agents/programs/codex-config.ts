import type { StartOptions } from "./program.ts";

/** Holds the gateway's dummy key: a provider with an address of its own wants one by name. */
export const codexKeyEnv = "AGENTX_MODEL_KEY";

/** A day: a question to the person waits as an open call of a tool, and calls of the model wait with it. */
const patientSeconds = 24 * 60 * 60;

/** What asks the network for something, works on when the turn is over, or is a second way to do what agentx does. */
const unwanted = [
  "apps",
  "goals",
  "image_generation",
  "memories",
  "plugins",
  "remote_plugin",
  "shell_snapshot",
  "skill_mcp_dependency_install",
  "tool_suggest",
  // The gateway reads the calls.
  "enable_request_compression",
  // It would wait for a door that is gone for ever.
  "unbounded_connection_retries",
];

type Options = Pick<StartOptions, "system" | "model" | "credentials" | "web" | "urls">;

/** `config.toml`. It passes over names that it does not know, so an older or a newer release starts with it too. */
export function codexConfig({ system, model, credentials, web, urls }: Options): string {
  const isOwn = credentials === "own";
  return [
    `approval_policy = "never"`,
    `sandbox_mode = "danger-full-access"`,
    `check_for_update_on_startup = false`,
    // A login shell reads /etc/profile, which sets PATH anew: without agentx.
    `allow_login_shell = false`,
    // Not AGENTS.md: that is cut at a length. The worktree's own is not read, the prompt has what counts.
    "project_doc_max_bytes = 0",
    `developer_instructions = ${tomlString(system)}`,
    ...(model === null ? [] : [`model = ${tomlString(model.name)}`]),
    ...(isOwn ? [] : [`model_provider = "agentx"`, `web_search = "${web ? "live" : "disabled"}"`]),
    // Neither the worktree's skills nor its own: they would be listed in every request.
    ...table("skills", ["include_instructions = false"]),
    ...table("analytics", ["enabled = false"]),
    ...table("agents", ["enabled = false"]),
    ...table(
      "features",
      unwanted.map((name) => `${name} = false`),
    ),
    ...(isOwn ? [] : gatewayTable(urls)),
    ...table("mcp_servers.agentx", [`url = ${tomlString(urls.mcp)}`, `tool_timeout_sec = ${patientSeconds}`]),
    "",
  ].join("\n");
}

function gatewayTable(urls: Options["urls"]): string[] {
  return table("model_providers.agentx", [
    `name = "agentx"`,
    `base_url = ${tomlString(urls.openai)}`,
    `env_key = "${codexKeyEnv}"`,
    `wire_api = "responses"`,
    // The gateway has retried already; a stream that broke in the middle is worth one more try.
    "request_max_retries = 0",
    "stream_max_retries = 1",
    `stream_idle_timeout_ms = ${patientSeconds * 1000}`,
  ]);
}

function table(name: string, lines: string[]): string[] {
  return ["", `[${name}]`, ...lines];
}

/** JSON's strings are TOML's but for DEL and halves of surrogate pairs. */
function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\u007f", String.raw`\u007f`);
}
