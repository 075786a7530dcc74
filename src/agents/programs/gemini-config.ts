import { dummyKey } from "../guest/door.ts";
import type { StartOptions } from "./program.ts";

type Options = Pick<StartOptions, "system" | "credentials" | "web" | "urls" | "readOnly">;

/** A day: a question to the person waits as an open call of a tool. */
const patientMs = 24 * 60 * 60 * 1000;

/** Plan mode takes the shell away until a person approves; subagents call models that are not let through. */
const neverTools = ["enter_plan_mode", "invoke_agent"];
const networkTools = ["google_web_search", "web_fetch"];
const writingTools = ["write_file", "replace"];

/** A name that no worktree has: instructions of this name are looked for there too. */
const rulesName = "agentx-rules.md";

/** What Gemini CLI reads in HOME, by path: its settings, and the role's rules as instructions. */
export function geminiFiles(options: Options): Record<string, string> {
  const { system } = options;
  const settings = `${JSON.stringify(geminiSettings(options), null, 2)}\n`;
  return { ".gemini/settings.json": settings, [`.gemini/${rulesName}`]: system };
}

/** Everything but the login goes by the settings: an address in the environment alone picks a login that is then refused. */
function geminiSettings({ credentials, web, urls, readOnly }: Options): Record<string, unknown> {
  const isOwn = credentials === "own";
  return {
    security: { auth: { selectedType: isOwn ? "oauth-personal" : "gemini-api-key" } },
    privacy: { usageStatisticsEnabled: false },
    general: {
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      // The gateway has retried already; the usual ten tries take minutes.
      maxAttempts: 3,
    },
    context: {
      // Not the worktree's AGENTS.md: the prompt has what counts. Its GEMINI.md cannot be left out.
      fileName: [rulesName],
      // Otherwise each word after an @ in a prompt is searched for in the whole tree, and what is found is put in.
      fileFiltering: { enableRecursiveFileSearch: false },
    },
    tools: {
      exclude: [...neverTools, ...(isOwn || web ? [] : networkTools), ...(readOnly ? writingTools : [])],
      sandbox: false,
      shell: { enableInteractiveShell: false },
    },
    // The worktree's. Its settings are read all the same, and win: only a trusted one gets tools that write.
    hooksConfig: { enabled: false },
    skills: { enabled: false },
    // A worktree's .env would be taken for its own.
    advanced: { ignoreLocalEnv: true },
    mcpServers: { agentx: { httpUrl: urls.mcp, timeout: patientMs, trust: true } },
  };
}

export function geminiEnv({
  credentials,
  urls,
}: Pick<Options, "credentials" | "urls">): Record<string, string> {
  const env = {
    GEMINI_CLI_TRUST_WORKSPACE: "true",
    // Else it starts itself again as a child, which a signal to the parent does not reach.
    GEMINI_CLI_NO_RELAUNCH: "true",
    GEMINI_SANDBOX: "false",
    NO_BROWSER: "true",
    NO_PROXY: "127.0.0.1,localhost",
  };
  if (credentials === "own") return env;
  return { ...env, GOOGLE_GEMINI_BASE_URL: urls.google, GEMINI_API_KEY: dummyKey };
}
