import { expect, test } from "vitest";

import { importDispatch } from "../../src/config/dispatch/import-dispatch.ts";
import { readKnownCommand } from "../../src/config/dispatch/known-command.ts";
import { renderConfig } from "../../src/config/init.ts";
import { loadConfig } from "../../src/config/load.ts";

const file = "~/.dispatch/config.yaml";
const read = (text: string) => importDispatch({ text, file });

/** The agentx.yaml that is written, and what it means once it is read back. */
function written(text: string) {
  const detected = { setup: null, gates: [], notes: [] };
  const yaml = renderConfig({ detected, models: null, found: [], imported: read(text), schema: "x" });
  const { agents, programs } = loadConfig({ text: yaml, file: "agentx.yaml" });
  return { yaml, agents, programs };
}

const usual = `
default: opus
backends:
  claude:
    command: >
      env -u CLAUDE_CODE_ENTRYPOINT -u CLAUDECODE claude -p --dangerously-skip-permissions
  cursor:
    command: >
      agent -p --force --workspace "$(pwd)"
  codex:
    command: >
      codex exec --full-auto -C "$(pwd)"
models:
  opus: { backend: claude }
  sonnet: { backend: claude }
  gpt-5.3-codex: { backend: codex }
  gemini-3.1-pro: { backend: cursor }
aliases:
  security-reviewer:
    model: opus
    prompt: >
      You are a security-focused reviewer. Prioritize OWASP Top 10
      vulnerabilities, auth flaws, and injection risks.
  fast: { model: gemini-3.1-pro, prompt: "Be quick: # no comments" }
`;

test("a usual config becomes agents that agentx knows, and commands for the others", () => {
  const { agents, programs } = written(usual);
  expect(agents).toEqual({ implement: "opus" });
  const last = '"$(cat {prompt_file})"';
  expect(programs).toMatchObject({
    opus: { type: "program", program: "claude", model: "anthropic/opus", prompt: "", credentials: "gateway" },
    sonnet: { type: "program", program: "claude", model: "anthropic/sonnet" },
    "gpt-5.3-codex": { type: "program", program: "codex", model: "openai/gpt-5.3-codex" },
    cursor: { type: "command", command: `agent -p --force --workspace "$(pwd)" ${last}` },
    "gemini-3.1-pro": {
      type: "command",
      command: `agent -p --force --workspace "$(pwd)" --model gemini-3.1-pro ${last}`,
      model: null,
    },
    "security-reviewer": {
      program: "claude",
      model: "anthropic/opus",
      prompt:
        "You are a security-focused reviewer. Prioritize OWASP Top 10 vulnerabilities, auth flaws, and injection risks.",
    },
    fast: { type: "command", prompt: "Be quick: # no comments" },
  });
  expect(Object.keys(programs)).toHaveLength(7);
  expect(read(usual).left).toEqual([]);
});

test("the limits of what was taken over are said in the file", () => {
  const { yaml } = written(usual);
  expect(yaml).toContain(`# Taken over from ${file}.`);
  expect(yaml).toMatch(/# The whole prompt becomes one argument.+128 KiB\.\n +cursor:/);
  expect(yaml).toContain(`# "opus" is a short name of the program's own`);
  expect(yaml).toContain("`credentials: own`");
});

test("the legacy form, whose default names an agent", () => {
  const { agents, programs } = written(`
default: harness
agents:
  claude: { command: claude -p --dangerously-skip-permissions --model sonnet }
  codex: { command: codex exec --skip-git-repo-check }
  harness: { command: ./bin/harness --quiet }
`);
  expect(agents).toEqual({ implement: "harness" });
  expect(programs).toMatchObject({
    claude: { type: "program", program: "claude", model: "anthropic/sonnet" },
    harness: { type: "command", command: './bin/harness --quiet "$(cat {prompt_file})"' },
  });
  // Codex as agentx knows it needs no entry.
  expect(programs["codex"]).toBeUndefined();
  expect(written("default: codex\nagents: {codex: {command: codex exec}}").agents.implement).toBe("codex");
});

test("a default that the file does not list is taken as Dispatch would take it", () => {
  expect(written("default: haiku").programs["haiku"]).toMatchObject({
    program: "claude",
    model: "anthropic/haiku",
  });
  expect(written("default: gpt-5.5").programs["gpt-5.5"]).toMatchObject({
    program: "codex",
    model: "openai/gpt-5.5",
  });
  expect(written("default: anthropic/claude-opus-5-5").agents).toEqual({});
});

test("what cannot be taken over is named with its line, in the file too", () => {
  const text = `default: mystery
timeout: 5m
backends:
  claude: { command: claude -p, retries: 3 }
  leaky: { command: OPENAI_API_KEY=canary-4711 codex exec }
models:
  opus: { backend: claud }
  gpt-5.5: { backend: claude }
  o4: { backend: leaky }
aliases:
  broken: { model: llama }
  lost: { model: o4 }
`;
  const { left } = read(text);
  expect(left.map((line) => line.slice(file.length))).toEqual([
    ':2: "timeout" was not taken over: agentx has nothing like it',
    ':4: "backends.claude.retries" was not taken over: agentx has nothing like it',
    ':5: "backends.leaky" was not taken over: its command holds a secret, which no worker may have',
    ':7: "models.opus" was not taken over: there is no backend "claud"',
    ':8: "models.gpt-5.5" was not taken over: claude cannot speak to a model of openai',
    ':9: "models.o4" was not taken over: neither was its backend "leaky"',
    ':11: "aliases.broken" was not taken over: its model "llama" is unknown, or was not taken over',
    ':12: "aliases.lost" was not taken over: its model "o4" is unknown, or was not taken over',
    ':1: "default" was not taken over: "mystery" is unknown, or was not taken over',
  ]);
  const { yaml, agents, programs } = written(text);
  expect([agents, programs]).toEqual([{}, {}]);
  for (const line of left) expect(yaml).toContain(`# ${line}\n`);
  expect(yaml).not.toContain("canary");
});

test("names that agentx cannot have are changed, and that is said", () => {
  const { programs, yaml } = written(`
backends:
  codex: { command: "codex exec --full-auto --search" }
  api: { command: curl-agent }
models:
  "4o mini/x": { backend: api }
  "4o_mini-x": { backend: api }
`);
  expect(Object.keys(programs)).toEqual(["codex-dispatch", "api-dispatch", "o-mini-x", "o_mini-x"]);
  expect(programs["o-mini-x"]).toMatchObject({
    command: `curl-agent --model '4o mini/x' "$(cat {prompt_file})"`,
  });
  expect(yaml).toContain('# Called "4o mini/x" there.');
});

test("a prompt of many lines comes through as it was", () => {
  const prompt =
    "Line one: \"quoted\" # no comment\n\n  - indented\n\ttab\n: colon\n'single' {a} [b] *c &d\nlast";
  const { programs } = written(`aliases: {x: {model: opus, prompt: ${JSON.stringify(prompt)}}}`);
  expect(programs["x"]?.prompt).toBe(prompt);
});

test("a name that would break out of a comment does not", () => {
  const text = `models:\n  ${JSON.stringify("a\nslots: 9\n#")}: {backend: none}\n`;
  expect(() => written(text)).not.toThrow();
  expect(written(text).yaml).not.toMatch(/^slots: 9/m);
});

test("an empty file takes nothing over", () => {
  for (const text of ["", "# nothing yet\n", "{}"])
    expect(written(text)).toMatchObject({ agents: {}, programs: {} });
});

const broken: [string, string][] = [
  ["default: opus\nmodels:\n  opus: claude\n", `${file}:3: "models.opus" must be a mapping with a backend`],
  ["backends:\n  claude: {}\n", `${file}:2: "backends.claude.command" is missing`],
  ["aliases:\n  x:\n    prompt: hi\n", `${file}:2: "aliases.x.model" is missing`],
  ["default: [a]\n", `${file}:1: "default" must be the name of a model or an alias`],
  ["- a\n", `${file}:1: the file must be a mapping of keys`],
  ["a: b: c\n", `${file}:1: `],
];

test.each(broken)("%j is refused with its line", (text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: "DISPATCH_INVALID" }));
  expect(() => read(text)).toThrow(message);
});

const known: [command: string, program: string | null, model: string | null][] = [
  ["env -u CLAUDE_CODE_ENTRYPOINT -u CLAUDECODE claude -p --dangerously-skip-permissions", "claude", null],
  ["claude --print --model=claude-opus-5-5 --permission-mode acceptEdits", "claude", "claude-opus-5-5"],
  ['codex exec --full-auto -C "$(pwd)" -m gpt-5.5', "codex", "gpt-5.5"],
  ["gemini --yolo -p", "gemini", null],
  ["codex", null, null],
  ["codex exec -C /elsewhere", null, null],
  ["claude -p --mcp-config mcp.json", null, null],
  ["claude -p --model", null, null],
  ["claude -p && rm -rf x", null, null],
  ["ANTHROPIC_BASE_URL=http://x claude -p", null, null],
  ["env FOO=1 claude -p", null, null],
  ["/opt/claude/bin/claude -p", null, null],
  ["claudette -p", null, null],
  ["", null, null],
];

test.each(known)("%j starts what agentx would start: %s %s", (command, program, model) => {
  expect(readKnownCommand(command)).toEqual(program === null ? null : { program, model });
});
