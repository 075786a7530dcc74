import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { commitFiles, makeFolder, makeRepository } from "../git/make-repository.ts";
import { agentx } from "./a-terminal.ts";

const plan =
  "# Shop\n\n## Tasks\n\n- [ ] Sign in `#login`\n  - agent: codex\n- [ ] Look around `#look`\n  - role: research\n";
const npmProject = {
  "package.json": JSON.stringify({ name: "shop", scripts: { test: "node --test" } }),
  "plan.md": plan,
};

/** A PATH with programs of these names and nothing else, so that what the machine has does not matter. */
function pathWith(...names: string[]): string {
  const bin = makeFolder();
  for (const name of names) writeProgram(bin, name);
  return bin;
}

function writeProgram(folder: string, name: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} 1.2.3"\n`);
  chmodSync(join(folder, name), 0o755);
}

const keys = { ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o", GEMINI_API_KEY: "g" };

async function planned(yaml: string, args: string[] = [], env: Record<string, string> = {}) {
  const { root } = await makeRepository(npmProject);
  if (yaml !== "") commitFiles(root, { "agentx.yaml": yaml });
  return agentx(root, ["plan", "plan.md", ...args], { env: { PATH: pathWith(), ...keys, ...env } });
}

test("an agent that is not installed is refused with what asked for it and the command that installs it", async () => {
  const { code, stderr } = await planned("");
  expect(code).toBe(2);
  expect(stderr).toContain('AGENT_MISSING plan.md:5: there is no program "codex" on PATH');
  expect(stderr).toContain("npm install -g @openai/codex");
});

test("dispatch asks for the agents of all roles before anything is made", async () => {
  const { root } = await makeRepository(npmProject);
  commitFiles(root, {
    "agentx.yaml": "agents:\n  review: careful\n  research: gemini\nprograms:\n  careful: {program: pi}\n",
  });
  const { code, stderr } = await agentx(root, ["dispatch", "plan.md", "--yes"], {
    env: { PATH: pathWith("codex"), ...keys },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('agentx.yaml:2: there is no program "pi" on PATH for the agent "careful"');
  expect(stderr).toContain('agentx.yaml:3: there is no program "gemini" on PATH');
  expect(stderr).not.toContain('"codex"');
  expect(existsSync(join(root, ".agentx"))).toBe(false);
});

test("one that is there is taken, but never the repository's own", async () => {
  expect((await planned("", [], { PATH: pathWith("codex") })).code).toBe(0);
  const { root } = await makeRepository(npmProject);
  const own = join(root, "node_modules", ".bin");
  mkdirSync(own, { recursive: true });
  writeProgram(own, "codex");
  const { code, stderr } = await agentx(root, ["plan", "plan.md"], { env: { PATH: own, ...keys } });
  expect(code).toBe(2);
  expect(stderr).toContain("AGENT_MISSING");
});

test("--agent is for every role that names no other, and an unknown one is refused with what was meant", async () => {
  const said = await planned("", ["--agent", "gemni"]);
  // Tasks of roles that only a run needs are not looked at by plan; codex is the task's own.
  expect(said.stderr).toContain("AGENT_MISSING plan.md:5");
  const { root } = await makeRepository({ ...npmProject, "prd.md": "We want a shop.\n" });
  const text = await agentx(root, ["plan", "prd.md", "--agent", "gemni"], {
    env: { PATH: pathWith(), ...keys },
  });
  expect(text.code).toBe(2);
  expect(text.stderr).toMatch(/UNKNOWN_AGENT --agent: there is no agent "gemni"\n +Did you mean "gemini"\?/);
});

test("a task's agent that nobody described is refused at its line", async () => {
  const { root } = await makeRepository({ ...npmProject, "plan.md": plan.replace("codex", "mytol") });
  commitFiles(root, { "agentx.yaml": 'programs:\n  mytool: {command: "mytool {prompt_file}"}\n' });
  const { code, stderr } = await agentx(root, ["plan", "plan.md"], { env: { PATH: pathWith(), ...keys } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/UNKNOWN_AGENT plan\.md:5: there is no agent "mytol"\n +Did you mean "mytool"\?/);
});

test("models that were named and that the agent cannot speak to are refused, and both are named", async () => {
  const { code, stderr } = await planned("models:\n  implement: anthropic/claude-opus-5-5\n", [], {
    PATH: pathWith("codex"),
  });
  expect(code).toBe(2);
  expect(stderr).toContain("MODEL_MISFIT agentx.yaml:2: codex, which plan.md:5 asks for, speaks openai");
  expect(stderr).toContain("anthropic/claude-opus-5-5 (anthropic)");
});

test("the key of the vendor that fits is the one that is missed", async () => {
  const { code, stderr } = await planned("", [], { PATH: pathWith("codex"), OPENAI_API_KEY: "" });
  expect(code).toBe(2);
  expect(stderr).toContain(
    "NO_KEY plan.md:5: openai/gpt-5.5, which codex gets where no model is named: OPENAI_API_KEY is not set",
  );
});

test("a program with its own login needs no key", async () => {
  const env = { PATH: pathWith("codex"), ANTHROPIC_API_KEY: "", OPENAI_API_KEY: "", GEMINI_API_KEY: "" };
  expect((await planned("programs: {codex: {credentials: own}}", [], env)).code).toBe(0);
  expect((await planned("", [], env)).stderr).toContain("NO_MODEL");
});

test("doctor tells of each program its version, its keys and its login, and never reads the login", async () => {
  const { root } = await makeRepository(npmProject);
  mkdirSync(join(root, ".claude"));
  // A folder cannot be read as a file: that it is there is all that counts.
  mkdirSync(join(root, ".claude", ".credentials.json"));
  const env = { PATH: pathWith("claude", "codex", "pi"), ANTHROPIC_API_KEY: "canary-4711" };
  const { stdout } = await agentx(root, ["doctor", "--json"], { env });
  const rows = new Map<string, { health: string; what: string }>(
    JSON.parse(stdout).map((row: { name: string }) => [row.name, row]),
  );
  expect(rows.get("agent claude")?.what).toMatch(
    /^1\.2\.3 \(.+\/claude\); its models can be had from anthropic; it has a login of its own$/,
  );
  expect(rows.get("agent codex")?.what).toMatch(
    /no key for its models is set; no login of its own was found$/,
  );
  expect(rows.get("agent pi")?.what).toContain("can be had from anthropic");
  expect(rows.has("agent gemini")).toBe(false);
  expect(stdout).not.toContain("canary");
});

test("doctor fails for an agent that is asked for and missing, and warns of one that is only described", async () => {
  const { root } = await makeRepository(npmProject);
  commitFiles(root, {
    "agentx.yaml": `agents:
  implement: claude
  review: codex
programs:
  claude: {credentials: own}
  spare: {acp: {command: goose}}
  tool: {command: "no-such-tool {prompt_file}"}
`,
  });
  const { code, stdout } = await agentx(root, ["doctor", "--json"], {
    env: { PATH: pathWith("claude"), ...keys },
  });
  expect(code).toBe(1);
  const bad: { name: string; health: string; what: string; fix: string }[] = JSON.parse(stdout).filter(
    (row: { name: string; health: string }) => row.name.startsWith("agent ") && row.health !== "ok",
  );
  expect(bad.map(({ name, health }) => `${health} ${name}`)).toEqual([
    "fail agent claude",
    "fail agent codex",
    "warn agent spare",
    "warn agent tool",
  ]);
  expect(bad[0]?.what).toContain("agentx.yaml:2: claude is to use claude's own login, and none was found");
  expect(bad[1]).toMatchObject({
    what: 'agentx.yaml:3: there is no program "codex" on PATH',
    fix: "npm install -g @openai/codex",
  });
});

test("init suggests the agents that are on this machine", async () => {
  const { root } = await makeRepository(npmProject);
  const { stdout } = await agentx(root, ["init", "--print"], { env: { PATH: pathWith("claude", "gemini") } });
  expect(stdout).toContain("#   implement: claude  # 1.2.3 found\n");
  expect(stdout).toContain("#   research: gemini  # 1.2.3 found\n");
  const none = await agentx(root, ["init", "--print"], { env: { PATH: pathWith() } });
  expect(none.stdout).toContain("#   implement: api\n");
});

const dispatchConfig = `default: opus
backends:
  claude: { command: claude -p --dangerously-skip-permissions }
  cursor: { command: agent -p --force }
models:
  opus: { backend: claude }
  nobody: { backend: none }
`;

test("init --from-dispatch takes the agents of the usual place over, and says what it leaves", async () => {
  const { root } = await makeRepository(npmProject);
  mkdirSync(join(root, ".dispatch"));
  writeFileSync(join(root, ".dispatch", "config.yaml"), dispatchConfig);
  const { code, stderr } = await agentx(root, ["init", "--from-dispatch"], { env: { PATH: pathWith() } });
  expect(code).toBe(0);
  expect(stderr).toContain("opus implements; programs cursor, opus");
  expect(stderr).toContain('config.yaml:7: "models.nobody" was not taken over: there is no backend "none"');
  const text = readFileSync(join(root, "agentx.yaml"), "utf8");
  expect(text).toContain("# Taken over from ~/.dispatch/config.yaml.\n");
  expect(text).not.toContain(root);
  const config = loadConfig({ text, file: "agentx.yaml" });
  expect(config.agents).toEqual({ implement: "opus" });
  expect(Object.keys(config.programs)).toEqual(["cursor", "opus"]);
  const again = await agentx(root, ["init", "--from-dispatch"], { env: { PATH: pathWith() } });
  expect(again.stderr).toContain("CONFIG_EXISTS");
  expect(readFileSync(join(root, "agentx.yaml"), "utf8")).toBe(text);
});

test("init --from-dispatch takes another file, and says where it looked for one that is missing", async () => {
  const { root } = await makeRepository(npmProject);
  writeFileSync(join(root, "mine.yaml"), "default: nine\nbackends: 3\n");
  const env = { PATH: pathWith() };
  const broken = await agentx(root, ["init", "--from-dispatch", "mine.yaml", "--print"], { env });
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain('DISPATCH_INVALID mine.yaml:2: "backends" must be a mapping');
  const missing = await agentx(root, ["init", "--from-dispatch"], { env });
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain(join(root, ".dispatch", "config.yaml"));
  expect(existsSync(join(root, "agentx.yaml"))).toBe(false);
});

type Given = { yaml?: string; task?: string; args?: string[]; env?: Record<string, string> };

/** What `agentx dispatch` refuses a plan of one task with. */
async function refusal(root: string, given: Given): Promise<string> {
  const { yaml = "", task = "", args = [], env = { ANTHROPIC_API_KEY: "a" } } = given;
  writeFileSync(join(root, "plan.md"), `# Shop\n\n## Tasks\n\n- [ ] Sign in \`#login\`\n${task}`);
  writeFileSync(join(root, "agentx.yaml"), yaml);
  const { code, stderr } = await agentx(root, ["dispatch", "plan.md", "--yes", ...args], { env });
  expect(code).toBe(2);
  expect(stderr).not.toMatch(/models\.\w+:/);
  return stderr;
}

const unknown = /there is no provider "foo" for the model "foo\/bar"/;

test("a model that cannot be meant is refused where it is written, once, and the way out is there", async () => {
  const { root } = await makeRepository();
  const flag = await refusal(root, { args: ["--model", "foo/bar"] });
  expect(flag).toMatch(/^error BAD_MODEL --model: there is no provider .+\n +name another with --model\n$/);
  const yaml =
    "slots: 2\nmodels:\n  review: openai/gpt-5.5\n  implement:\n    - anthropic/claude-opus-5-5\n    - foo/bar\n";
  const file = await refusal(root, { yaml });
  expect(file).toMatch(/^error BAD_MODEL agentx\.yaml:6: there is no provider .+\n +name another there\n$/);
  expect(file).toMatch(unknown);
  expect(await refusal(root, { task: "  - model: foo/bar\n" })).toMatch(/^error BAD_MODEL plan\.md:5: there/);
  const program = 'programs:\n  mytool:\n    command: "mytool {prompt_file}"\n    model: foo/bar\n';
  expect(await refusal(root, { yaml: program })).toMatch(/^error BAD_MODEL agentx\.yaml:4: there/);
});

test("a role that nobody spoke of has its model where another role's is written", async () => {
  const { root } = await makeRepository();
  const env = { ANTHROPIC_API_KEY: "" };
  expect(await refusal(root, { yaml: "models:\n  review: foo/bar\n", env })).toMatch(
    /^error BAD_MODEL agentx\.yaml:2: /,
  );
});

test("a key that is not set is missed at the place of its model, or with the word that it is a default", async () => {
  const { root } = await makeRepository();
  const flag = await refusal(root, { args: ["--model", "openai/gpt-5.5"] });
  expect(flag).toMatch(
    /^error NO_KEY --model: openai\/gpt-5\.5: OPENAI_API_KEY is not set\n.+ with --model\n$/,
  );
  const file = await refusal(root, { yaml: "models:\n  implement: openai/gpt-5.5\n" });
  expect(file).toMatch(
    /^error NO_KEY agentx\.yaml:2: openai\/gpt-5\.5: OPENAI_API_KEY is not set\n.+ there\n$/,
  );
  const yaml = "providers:\n  anthropic: { api: anthropic, keyEnv: MY_KEY }\n";
  expect(await refusal(root, { yaml })).toMatch(
    /^error NO_KEY anthropic\/\S+, the default where no model is named: MY_KEY is not set\n.+agentx\.yaml\n$/,
  );
});

test("where a command has no model, the way out for one that asks none is named", async () => {
  const { root } = await makeRepository();
  const env = { ANTHROPIC_API_KEY: "" };
  const worker = '  worker: {command: "sh work.sh"}\n';
  const all = `agents: {implement: worker, review: worker}\nprograms:\n${worker}`;
  expect(await refusal(root, { yaml: all, env })).toMatch(
    /NO_MODEL there .+\n.+where programs\.worker asks no model, say so there \(credentials: none\)/,
  );
  const some = `${all}  other: {command: "sh other.sh", credentials: none}\n`;
  expect(await refusal(root, { yaml: some, env })).toMatch(
    /NO_KEY[^]+, which worker gets where no model is named: .+\n.+; where worker asks no model, give it credentials: none\n/,
  );
});

test("doctor says where a model is written that cannot be had, and a key is advised only where one is missing", async () => {
  const { root } = await makeRepository({
    "agentx.yaml": "models:\n  implement: openai/x\n  review: foo/x\n",
  });
  const { stdout } = await agentx(root, ["doctor", "--json"], { env: { PATH: pathWith() } });
  const rows: { name: string; health: string; what: string; fix: string }[] = JSON.parse(stdout);
  const bad = rows.filter(({ name, health }) => name === "models" && health === "fail");
  expect(bad.map(({ what, fix }) => `${what} → ${fix}`)).toEqual([
    "agentx.yaml:2: openai/x: OPENAI_API_KEY is not set → set the key, or name another model there",
    expect.stringMatching(/^agentx\.yaml:3: there is no provider "foo" .+ → name another model there$/),
  ]);
});
