import type { GatewayApi } from "../../../src/gateway/upstream.ts";

const parameters = { type: "object", properties: { type: { const: "web_search" }, image_url: {} } };
const plain = { type: "function", name: "f", parameters };

/** Tools that the client runs, in every form that is known. */
export const nearTools: Record<GatewayApi, object[]> = {
  anthropic: [
    { name: "Bash", input_schema: parameters },
    { type: "custom", name: "web_search", input_schema: parameters, cache_control: { type: "ephemeral" } },
    { type: null, name: "x", input_schema: {} },
    { type: "bash_20250124", name: "bash" },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
    { type: "computer_20251124", name: "computer" },
    { type: "memory_20250818", name: "memory" },
    { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" },
  ],
  openai: [
    plain,
    { type: "custom", name: "apply_patch", format: { type: "grammar" } },
    { type: "local_shell" },
    { type: "shell", environment: { type: "local" } },
    { type: "tool_search", execution: "client" },
    { type: "namespace", name: "n", tools: [plain] },
  ],
  "openai-chat": [
    { type: "function", function: { name: "f", parameters } },
    { type: "custom", custom: { name: "c" } },
  ],
  google: [
    { functionDeclarations: [{ name: "f", parameters }] },
    { function_declarations: [{ name: "g", parametersJsonSchema: parameters }] },
  ],
};

/** Tools with which a vendor looks something up in the web. */
export const webTools: Record<GatewayApi, object[]> = {
  anthropic: [
    { type: "web_search_20250305", name: "web_search" },
    { type: "web_fetch_20260318", name: "web_fetch" },
  ],
  openai: [{ type: "web_search" }, { type: "web_search_preview_2025_03_11" }],
  "openai-chat": [{ type: "web_search_preview", search_context_size: "low" }],
  google: [{ googleSearch: {} }, { google_search_retrieval: {} }, { urlContext: {} }],
};

/** Other tools that a vendor runs. */
export const farTools: Record<GatewayApi, object[]> = {
  anthropic: [
    { type: "code_execution_20250825", name: "code_execution" },
    { type: "mcp_toolset", mcp_server_name: "m" },
    { type: "advisor_20260301", name: "advisor", model: "m" },
    { type: "browser_toolset_20260801" },
  ],
  openai: [
    { type: "file_search", vector_store_ids: ["v"] },
    { type: "code_interpreter", container: { type: "auto" } },
    { type: "image_generation", size: "auto" },
    { type: "mcp", server_label: "m", server_url: "https://example.com/" },
    { type: "shell", environment: { type: "container_auto" } },
    { type: "shell", environment: null },
    { type: "namespace", name: "far", tools: [{ type: "mcp", server_label: "n" }] },
  ],
  "openai-chat": [{ type: "builtin_function", function: { name: "$web_search" } }],
  google: [
    { codeExecution: {} },
    { googleMaps: {} },
    { fileSearch: { fileSearchStoreNames: [] } },
    { mcpServers: [{ name: "m" }] },
    { enterpriseWebSearch: {} },
  ],
};

/** A request with these tools; `later` come in the middle of the conversation where the protocol has that. */
export function withConversation(
  api: GatewayApi,
  { tools, later }: { tools: object[]; later: object[] },
): Record<string, unknown> {
  // What a tool was given or gave is nobody's tool.
  const free = { tools: [{ type: "anything" }], source: { type: "url", url: "https://example.com" } };
  const call = JSON.stringify(free);
  switch (api) {
    case "anthropic":
      return {
        model: "m",
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "x", input: free }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: call }] },
        ],
        tools,
      };
    case "openai":
      return {
        model: "m",
        input: [
          { role: "user", content: [{ type: "input_text", text: "Hi" }] },
          { type: "function_call", call_id: "c", name: "f", arguments: call },
          { type: "additional_tools", role: "developer", tools: later },
        ],
        tools,
      };
    case "openai-chat":
      return {
        model: "m",
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", tool_calls: [{ type: "function", function: { name: "f", arguments: call } }] },
        ],
        tools,
      };
    case "google":
      return {
        contents: [
          { role: "user", parts: [{ text: "Hi" }] },
          { role: "model", parts: [{ functionCall: { name: "f", args: free } }] },
          { role: "user", parts: [{ functionResponse: { name: "f", response: free } }] },
        ],
        tools,
      };
  }
}
