import type { GatewayApi } from "../upstream.ts";

/** What a body may hold, by protocol. What stands in no list is not passed on. */
export type ProtocolRules = {
  /** Parts of a request that can only say how the model answers. */
  fields: ReadonlySet<string>;
  /** Point to something that lies at the vendor and that nobody here has seen; without it the call means something else. */
  refused: ReadonlySet<string>;
  /** Where the conversation is. */
  turns: ReadonlySet<string>;
  /** Tools that the client runs, or that reach nothing but what is in the request. Google's are names, the others' types. */
  ownTools: RegExp;
  /** Tools of the vendor that look something up in the web. */
  webTools: RegExp;
  /** Parts of a request that turn the same on. */
  webFields: ReadonlySet<string>;
  /** What a model or tool wrote, in any form; the vendor reads nothing into it. */
  free: ReadonlySet<string>;
  /** Blocks of a conversation, where a new kind could be a tool; null: any. */
  blocks: RegExp | null;
};

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const none: ReadonlySet<string> = new Set();

const anthropic: ProtocolRules = {
  fields:
    words(`model messages max_tokens system tools tool_choice stream stop_sequences temperature top_k top_p
    thinking metadata cache_control compaction context_management diagnostics inference_geo output_config output_format
    service_tier speed`),
  refused: none,
  turns: words("messages system"),
  ownTools: /^(custom|(bash|text_editor|computer|memory|tool_search_tool_(bm25|regex))_\d{8})$/,
  webTools: /^web_(search|fetch)_\d{8}$/,
  webFields: none,
  free: words("input input_schema"),
  blocks:
    /^(text|image|document|search_result|thinking|redacted_thinking|tool_use|server_tool_use|mcp_tool_use|([a-z_]+_)?tool_result|tool_reference|tool_addition|tool_removal|compaction|[a-z_]+_result|fallback)$/,
};

const responses: ProtocolRules = {
  fields:
    words(`model input instructions tools tool_choice stream stream_options max_output_tokens max_tool_calls
    parallel_tool_calls include metadata client_metadata context_management previous_response_id prompt_cache_key
    prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store temperature text
    top_logprobs top_p truncation user background`),
  refused: words("conversation prompt"),
  turns: words("input instructions"),
  // A shell is the client's only where it says so: see isOwnTool.
  ownTools:
    /^(function|custom|local_shell|shell|apply_patch|namespace|tool_search|computer|computer_use_preview)$/,
  webTools: /^web_search(_preview)?(_\d{4}_\d{2}_\d{2})?$/,
  webFields: none,
  free: words("arguments parameters"),
  blocks: null,
};

const chat: ProtocolRules = {
  fields: words(`model messages tools tool_choice functions function_call stream stream_options max_tokens
    max_completion_tokens n stop temperature top_p top_k min_p presence_penalty frequency_penalty repetition_penalty
    logit_bias logprobs top_logprobs seed response_format parallel_tool_calls reasoning reasoning_effort
    reasoning_format reasoning_split include_reasoning thinking enable_thinking thinking_budget chat_template_kwargs
    verbosity prediction modalities audio metadata store service_tier safety_identifier prompt_cache_key
    prompt_cache_options prompt_cache_retention user usage tool_stream keep_alive options`),
  refused: none,
  turns: words("messages prediction"),
  ownTools: /^(function|custom)$/,
  webTools: /^web_search(_preview)?$/,
  webFields: words("web_search_options"),
  free: words("arguments parameters"),
  blocks: null,
};

const google: ProtocolRules = {
  fields:
    words(`model contents tools toolConfig tool_config systemInstruction system_instruction safetySettings
    safety_settings generationConfig generation_config labels serviceTier service_tier generateContentRequest
    generate_content_request`),
  refused: words("cachedContent cached_content"),
  turns: words("contents systemInstruction system_instruction"),
  ownTools: /^(functionDeclarations|function_declarations|computerUse|computer_use)$/,
  webTools:
    /^(googleSearch|google_search|googleSearchRetrieval|google_search_retrieval|urlContext|url_context)$/,
  webFields: none,
  free: words("args response"),
  blocks: null,
};

export const protocolRules: Record<GatewayApi, ProtocolRules> = {
  anthropic,
  openai: responses,
  "openai-chat": chat,
  google,
};
