import { expect, test } from "vitest";

import { loadConfig } from "../../src/config/load.ts";
import { resolveSettings, type SettingsFlags } from "../../src/config/settings.ts";
import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import { completeSettings } from "../../src/core/complete-settings.ts";
import { everyRole } from "./support.ts";

const load = (text: string) => loadConfig({ text, file: "agentx.yaml" });
const plain = { model: null, prompt: "", credentials: "gateway", web: false, env: {} } as const;

test("agents and programs are taken over, whole and with the lines that ask for an agent", () => {
  const config = load(`agents:
  implement: claude
  research: gemini
  review: careful
programs:
  claude: { credentials: own }
  careful: { program: claude, model: anthropic/claude-opus-5-5, prompt: "Security first." }
  goose: { acp: { command: goose, args: [acp] }, web: true }
  gpt-5.5: { acp: { command: codex-acp }, credentials: gateway }
  mytool: { command: "mytool {prompt_file}", model: openai/gpt-5.5, env: { MYTOOL_MODE: fast } }
`);
  expect(config.agents).toEqual({ implement: "claude", research: "gemini", review: "careful" });
  expect(config.places.agents).toEqual({
    implement: "agentx.yaml:2",
    research: "agentx.yaml:3",
    review: "agentx.yaml:4",
  });
  expect([...config.places.programModels]).toEqual([
    ["careful", "agentx.yaml:7"],
    ["mytool", "agentx.yaml:10"],
  ]);
  expect(config.programs).toEqual({
    claude: { ...plain, type: "program", program: "claude", credentials: "own" },
    careful: {
      ...plain,
      type: "program",
      program: "claude",
      model: "anthropic/claude-opus-5-5",
      prompt: "Security first.",
    },
    goose: { ...plain, web: true, type: "acp", command: "goose", args: ["acp"] },
    "gpt-5.5": { ...plain, type: "acp", command: "codex-acp", args: [] },
    mytool: {
      ...plain,
      type: "command",
      command: "mytool {prompt_file}",
      model: "openai/gpt-5.5",
      env: { MYTOOL_MODE: "fast" },
    },
  });
});

const wrong: [text: string, message: string][] = [
  [
    "agents:\n  implemnt: claude",
    'agentx.yaml:2: unknown key "implemnt" in "agents"\n  Did you mean "implement"?',
  ],
  [
    "agents:\n  plan: api\n  review: codx",
    'agentx.yaml:3: "agents.review": there is no agent "codx"\n  Did you mean "codex"?',
  ],
  [
    "agents:\n  review: cursor",
    'there is no agent "cursor"\n  There are api, claude, codex, gemini, opencode, pi; describe another under "programs".',
  ],
  ["agents: {plan: 3}", '"agents.plan" must be the name of an agent'],
  [
    "programs:\n  a b: {program: pi}",
    '"programs.a b" is not a name: a letter, then letters, digits, -, _ and .',
  ],
  [
    "programs:\n  fast: {model: a/b}",
    'agentx.yaml:2: nothing says what "programs.fast" is\n  Add one of program (claude,',
  ],
  ["programs:\n  cluade: {model: a/b}", 'nothing says what "programs.cluade" is\n  Did you mean "claude"?'],
  [
    "programs:\n  x: {program: pi, credentials: own, web: true}",
    'agentx.yaml:2: "programs.x.web" says nothing with credentials: own',
  ],
  ["programs: {x: {program: pi, web: live}}", '"programs.x.web" must be true or false'],
  ["programs:\n  x: {program: pi, command: x}", 'agentx.yaml:2: "programs.x" is program and command at once'],
  [
    "programs: {x: {program: cursor}}",
    '"programs.x.program" must be one of claude, codex, gemini, opencode, pi',
  ],
  [
    "programs:\n  api: {program: pi}",
    'agentx.yaml:2: "programs.api" would replace the agent that is built in',
  ],
  [
    'programs:\n  x:\n    command: "x {prompt}"',
    'agentx.yaml:3: "programs.x.command" wants the prompt itself',
  ],
  ['programs: {x: {command: "x {prompt}"}}', "Write {prompt_file}, the path of a file that holds it"],
  ["programs: {x: {acp: {args: [a]}}}", '"programs.x.acp.command" is missing'],
  [
    "programs: {x: {program: pi, credentials: mine}}",
    '"programs.x.credentials" must be gateway, own or none',
  ],
  [
    "programs:\n  x: {program: pi, credentials: none}",
    'agentx.yaml:2: "programs.x" has credentials: none, which is for a command',
  ],
  [
    "programs:\n  x: {command: ./x, credentials: none, model: openai/gpt-5.5}",
    'agentx.yaml:2: "programs.x.model" says nothing with credentials: none',
  ],
  [
    "programs:\n  x: {command: ./x, credentials: none, network: [example.com]}",
    'agentx.yaml:2: "programs.x.network" says nothing with credentials: none',
  ],
  [
    "programs: {x: {program: pi, modle: a/b}}",
    'unknown key "modle" in "programs.x"\n  Did you mean "model"?',
  ],
  ["programs: {x: {program: pi, model: opus}}", '"programs.x.model" must be a model as provider/id'],
  ["programs: {x: {program: pi, env: {A: 1}}}", '"programs.x.env.A" must be text; put numbers'],
];

test.each(wrong)("%j is refused with its place and the way out", (text, message) => {
  expect(() => load(text)).toThrow(message);
});

const secrets = [
  "programs:\n  x:\n    program: pi\n    env:\n      OPENROUTER_API_KEY: canary-4711",
  "programs:\n  x:\n    program: pi\n    env:\n      GH_TOKEN: canary-4711",
  "programs:\n  x:\n    program: pi\n    env:\n      MODE: sk-canary-4711-0123456789",
  "programs:\n  x:\n\n\n    command: OPENAI_API_KEY=canary-4711 x {prompt_file}",
  "programs:\n  x:\n\n\n    acp: {command: x, args: [--key, sk-canary-4711-0123456789]}",
];

test.each(secrets)("a secret is refused at its line and not repeated (%#)", (text) => {
  const said = saidOf(() => load(text));
  expect(said).toMatch(/^agentx\.yaml:5: /);
  expect(said).toContain("A worker never holds one");
  expect(said).not.toContain("canary");
});

test("a value of env that is no text is not repeated either", () => {
  expect(saidOf(() => load("programs: {x: {program: pi, env: {MYTOOL_PIN: 4711}}}"))).not.toContain("4711");
});

test("what only looks like a secret from afar is taken", () => {
  const env = "{ KEYBOARD: de, TOKENIZER: bpe, MAX_TOKENS: '9', MODE: task-force, MONKEY: yes-sir }";
  const config = load(`programs: {x: {command: "K=v tool --key $X_API_KEY {prompt_file}", env: ${env}}}`);
  expect(config.programs["x"]?.env).toMatchObject({ MODE: "task-force", MONKEY: "yes-sir" });
});

function resolve(yaml: string, flags: SettingsFlags = {}, hasKey = true) {
  return resolveSettings({
    config: load(yaml),
    detected: { gates: [], setup: null },
    registriesOf: () => [],
    flags,
    defaultModels: hasKey ? everyRole("key/model") : null,
    machine: { cores: 8, home: "/home/me" },
  });
}

test("a role that nobody spoke of is the built-in agent's, and the flag is for every role", () => {
  const yaml = "agents: {implement: claude}";
  // Who implements also resolves.
  expect(resolve(yaml).agents).toEqual({ ...apiForEveryRole, implement: "claude", resolve: "claude" });
  expect(resolve("agents: {implement: claude, resolve: api}").agents.resolve).toBe("api");
  expect(new Set(Object.values(resolve(yaml, { agent: "pi" }).agents))).toEqual(new Set(["pi"]));
});

test("no model is missed where a program brings its own login or model", () => {
  expect(resolve("programs: {claude: {credentials: own}}", {}, false).models.implement).toEqual([]);
  expect(resolve("programs: {x: {command: ./x, credentials: none}}", {}, false).models.implement).toEqual([]);
  expect(resolve("programs: {x: {program: pi, model: a/b}}", {}, false).models.implement).toEqual([]);
  expect(() => resolve("agents: {implement: claude}", {}, false)).toThrow("there is no model to work with");
});

test("a cassette is recorded or replayed, never both", () => {
  expect(resolve("", { record: "/a" }).cassette).toEqual({ type: "record", file: "/a" });
  expect(resolve("", { replay: "/a" }).cassette).toEqual({ type: "replay", file: "/a" });
  expect(saidOf(() => resolve("", { record: "/a", replay: "/b" }))).toContain(
    "leave out --record or --replay",
  );
});

test("the settings of an older journal get what changes nothing, and newer ones stay as they are", () => {
  const settings = resolve("agents: {implement: claude}", { record: "/a" });
  const { agents: _agents, programs: _programs, cassette: _cassette, ...older } = settings;
  expect(completeSettings(older)).toEqual({
    ...older,
    agents: apiForEveryRole,
    programs: {},
    cassette: null,
  });
  expect(completeSettings(settings)).toEqual(settings);
  const { web: _web, ...before } = { ...plain, type: "program", program: "pi" } as const;
  expect(completeSettings({ ...settings, programs: { pi: before } }).programs["pi"]?.web).toBe(false);
});

function saidOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}
