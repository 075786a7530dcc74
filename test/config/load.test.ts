import { expect, test } from "vitest";

import { loadConfig } from "../../src/config/load.ts";

const load = (text: string | null) => loadConfig({ text, file: "agentx.yaml" });
const unsaid = load(null);

test("no file, an empty file and a file of comments say the same: nothing", () => {
  expect(unsaid).toMatchObject({
    models: {},
    gates: null,
    setup: { type: "detect" },
    slots: null,
    budget: null,
  });
  for (const text of ["", "\n", "# slots: 4\n", "---\n", "{}", "\uFEFF# comment\n"])
    expect(load(text)).toEqual(unsaid);
});

test("every key is taken over, with its unit", () => {
  const config = load(`
models: { plan: a/b, review: [c/d, e/f/g:1] }
providers:
  ollama: { api: openai-chat, baseUrl: "http://localhost:11434/v1" }
  proxy: { api: anthropic, baseUrl: "https://proxy.test", keyEnv: PROXY_KEY }
gates:
  types: npm run types
  test: { command: npm test, timeout: 90s, network: true, prove: sh plant.sh }
  narrow: { command: npm run it, network: [example.com, "*.example.com:8443"] }
setup: { command: npm ci, timeout: 1h, network: [npm.corp.example private] }
slots: 8
gateSlots: 3
maxAttempts: 5
budget: { run: null, task: 0.5 }
limits: { turns: 10, tokens: 1000, minutes: 1.5, stall: 30s }
ports: { base: 3000, perWorktree: 5 }
sandbox:
  use: podman
  image: node:24
  readOnly: [/opt/sdk, ~/.cargo]
  limits: { memory: 2g, processes: null, file: 1t, openFiles: 64, disk: 5g, diskFree: null }
secrets: { allow: ["test/fixtures/**"] }
protect: review
deliver: { fastForward: false, pullRequest: true }
`);
  const line = "agentx.yaml:2";
  const places = {
    agents: {},
    models: {
      plan: new Map([["a/b", line]]),
      review: new Map([
        ["c/d", line],
        ["e/f/g:1", line],
      ]),
    },
    programModels: new Map(),
  };
  expect(config).toEqual({
    agents: {},
    places,
    programs: {},
    models: { plan: ["a/b"], review: ["c/d", "e/f/g:1"] },
    providers: {
      ollama: { api: "openai-chat", baseUrl: "http://localhost:11434/v1", keyEnv: null },
      proxy: { api: "anthropic", baseUrl: "https://proxy.test", keyEnv: "PROXY_KEY" },
    },
    gates: [
      { name: "types", command: "npm run types", timeoutMs: 600_000, network: false },
      { name: "test", command: "npm test", timeoutMs: 90_000, network: true },
      {
        name: "narrow",
        command: "npm run it",
        timeoutMs: 600_000,
        network: ["example.com", "*.example.com:8443"],
      },
    ],
    proofs: { test: "sh plant.sh" },
    setup: {
      type: "command",
      command: "npm ci",
      timeoutMs: 3_600_000,
      network: ["npm.corp.example private"],
    },
    slots: 8,
    gateSlots: 3,
    maxAttempts: 5,
    budget: { limit: null },
    limits: { turns: 10, tokens: 1000, ms: 90_000, stallMs: 30_000, usd: 0.5 },
    portBase: 3000,
    portsPerWorktree: 5,
    sandboxReadOnly: ["/opt/sdk", "~/.cargo"],
    sandboxUse: "podman",
    sandboxImage: "node:24",
    sandboxLimits: {
      memory: 2 ** 31,
      processes: null,
      file: 2 ** 40,
      openFiles: 64,
      disk: 5 * 2 ** 30,
      diskFree: null,
    },
    secretsAllow: ["test/fixtures/**"],
    protect: "review",
    fastForward: false,
    pullRequest: true,
  });
});

test("gates that are none, and a setup that is none, are not the same as nothing said", () => {
  expect(load("gates: {}\nsetup: false")).toMatchObject({ gates: [], setup: { type: "none" } });
});

const wrong: [text: string, message: string][] = [
  ["slot: 3", 'agentx.yaml:1: unknown key "slot"\n  Did you mean "slots"?'],
  ["a: 1", 'agentx.yaml:1: unknown key "a"\n  It may be: agents, programs, models, providers,'],
  ["\nmodels:\n  reviw: a/b", 'agentx.yaml:3: unknown key "reviw" in "models"\n  Did you mean "review"?'],
  [
    "gates:\n  test: {command: x,\n    timout: 5m}",
    'agentx.yaml:3: unknown key "timout" in "gates.test"\n  Did you mean "timeout"?',
  ],
  ["providers:\n  o: {api: google, url: x}", 'agentx.yaml:2: unknown key "url" in "providers.o"'],
  ["slots: 0", 'agentx.yaml:1: "slots" must be a whole number of 1 or more\n  It is 0.'],
  ["slots: 1.5", '"slots" must be a whole number'],
  ["slots: four", '"slots" must be a whole number of 1 or more\n  It is "four".'],
  ["models:\n  plan: opus", 'agentx.yaml:2: "models.plan" must be a model as provider/id'],
  ["models:\n  plan:\n    - a/b\n    - 3", 'agentx.yaml:4: "models.plan[1]" must be a model as provider/id'],
  ["models: {plan: []}", '"models.plan" must name at least one model'],
  ["gates:\n  types:\n    timeout: 5m", 'agentx.yaml:2: "gates.types.command" is missing'],
  ["gates:\n  lint: 3", 'agentx.yaml:2: "gates.lint" must be a command, or a mapping'],
  ["gates:\n  lint: ' '", 'agentx.yaml:2: "gates.lint" must be a command'],
  ["gates: {a b: x}", '"gates.a b" is not a name'],
  ["gates: [npm test]", '"gates" must be a mapping of names to commands'],
  [
    "gates: {t: {command: x, timeout: 10}}",
    '"gates.t.timeout" must be a time with its unit, such as 90s, 10m or 1h\n  It is 10.',
  ],
  ["setup: true", '"setup" must be a command, false, or a mapping'],
  ["budget: {run: $5}", '"budget.run" must be an amount in US dollars'],
  ["limits:", '"limits" must be a mapping of keys\n  It is empty'],
  ["ports: {base: 80}", '"ports.base" must be a port from 1024 to 65535'],
  ["secrets: {allow: [../x]}", '"secrets.allow[0]" must be a path or glob'],
  ["sandbox: {readOnly: [../x]}", '"sandbox.readOnly[0]" must be an absolute path'],
  ["sandbox: {limits: {memory: 8}}", '"sandbox.limits.memory" must be a size with its unit, such as 512m'],
  ["sandbox: {limits: {memory: 512m}}", '"sandbox.limits.memory" must be 1g or more'],
  ["sandbox:\n  limits:", '"sandbox.limits" must be a mapping of keys\n  It is empty'],
  ["providers: {o: {api: openia}}", '"providers.o.api" must be one of anthropic, openai'],
  ["providers: {o: {api: openai, baseUrl: 'ftp://x'}}", '"providers.o.baseUrl" must be an address'],
  [
    "providers:\n  o:\n    api: openai\n    baseUrl: http://10.0.0.1/v1\n    keyEnv: K",
    'agentx.yaml:4: "providers.o" would send the key',
  ],
  ["- a", "agentx.yaml:1: the file must be a mapping of keys"],
  ["slots: 1\nslots: 2", "agentx.yaml:2: Map keys must be unique"],
  ["slots: *a", "agentx.yaml:1: Unresolved alias"],
  ["a: [", "agentx.yaml:1: "],
];

test.each(wrong)("%j is refused with its place and the way out", (text, message) => {
  expect(() => load(text)).toThrow(message);
});

test("all problems come at once, in the order of the file", () => {
  const text = "slots: 0\nmodels:\n  plan: x\nslotz: 1\nbudget:\n  run: -1\n";
  expect(() => load(text)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      exitCode: 2,
      problems: [1, 3, 4, 6].map((line) => expect.objectContaining({ where: `agentx.yaml:${line}` })),
    }),
  );
});

test("a key that was pasted where its variable's name belongs is not repeated", () => {
  const text = "providers: {o: {api: openai, keyEnv: sk-secret}}";
  expect(() => load(text)).toThrow(/never the key itself$/);
});

test("YAML that cannot be read is answered with where to look", () => {
  expect(() => load("gates:\n  test: a: b\n")).toThrow(
    /agentx\.yaml:2: [^]*the indentation, quotes and brackets/,
  );
});

test.each(["check '{files}'", 'sh -c "check {files}"', "check it\\'s '{files}"])(
  "an affected command with {files} in quotes is refused: %s",
  (affected) => {
    const text = JSON.stringify({ gates: { check: { command: "check", affected } } });
    expect(() => loadConfig({ text, file: "agentx.yaml" })).toThrow();
  },
);

test("an affected command may have quotes beside {files}", () => {
  const affected = `check 'a b' "it's" \\' {files} 'c'`;
  const text = JSON.stringify({ gates: { check: { command: "check", affected } } });
  expect(loadConfig({ text, file: "agentx.yaml" }).gates).toMatchObject([{ affected }]);
});
