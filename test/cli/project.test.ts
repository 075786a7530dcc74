import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  commitFiles,
  git,
  makeFolder,
  makeRepository,
  useGlobalConfig,
  write,
} from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { journalRun } from "./a-journal.ts";
import { agentx } from "./a-terminal.ts";

const npmProject = {
  "package.json": JSON.stringify({ name: "shop", scripts: { test: "node --test" } }),
  "AGENTS.md": "Use tabs.\n",
  "plan.md": "# Shop\n\nA shop.\n\n## Tasks\n\n- [ ] Sign in `#login`\n- [ ] Pay `#pay`\n  - needs: login\n",
};
const key = "sk-secret-0123456789";

test("init writes what it found, and never over a file that is there", async () => {
  const { root } = await makeRepository(npmProject);
  const first = await agentx(root, ["init"]);
  expect(first).toMatchObject({ code: 0, stdout: "" });
  const text = readFileSync(join(root, "agentx.yaml"), "utf8");
  expect(text).toContain("test: npm test");
  const again = await agentx(root, ["init"]);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain("CONFIG_EXISTS");
  expect(again.stderr).toContain("--print");
  expect((await agentx(root, ["init", "--print"])).stdout).toBe(text);
  expect(git(root, "status", "--porcelain")).toBe("?? agentx.yaml");
});

test("init works before the first commit, from the files that are there", async () => {
  useGlobalConfig("");
  const root = join(makeFolder(), "new");
  git(makeFolder(), "init", "--quiet", root);
  write(root, npmProject);
  expect((await agentx(root, ["init", "--print"])).stdout).toContain("test: npm test");
  expect(existsSync(join(root, "agentx.yaml"))).toBe(false);
});

test("init never leaves the name of a second file beside an agentx.yml", async () => {
  const { root } = await makeRepository({ ...npmProject, "agentx.yml": "slots: 2\n" });
  expect((await agentx(root, ["init"])).stderr).toContain("agentx.yml");
  expect(existsSync(join(root, "agentx.yaml"))).toBe(false);
});

test("context tells each part and its tokens, without a key", async () => {
  const { root } = await makeRepository(npmProject);
  const { code, stdout, stderr } = await agentx(root, ["context", "pay", "--plan", "plan.md"]);
  expect(code).toBe(0);
  for (const part of ["tools", "system", "gates", "AGENTS.md", "layout", "task", "all"])
    expect(stdout).toContain(part);
  expect(stderr).toContain("the notes of login");
  const json = JSON.parse((await agentx(root, ["context", "pay", "--plan", "plan.md", "--json"])).stdout);
  expect(json).toMatchObject({ task: "pay", role: "implement" });
  expect(json.parts.reduce((sum: number, part: { tokens: number }) => sum + part.tokens, 0)).toBe(
    json.tokens,
  );
});

test("context of a task for another program is what that is given, and says what agentx does not know", async () => {
  const { root } = await makeRepository(npmProject);
  commitFiles(root, {
    "agentx.yaml":
      'agents:\n  implement: strict\nprograms:\n  strict: {program: codex, prompt: "Be strict."}\n',
  });
  const args = ["context", "pay", "--plan", "plan.md"];
  const { stdout } = await agentx(root, args);
  expect(stdout).toMatch(/^pay: .+, for strict\n/);
  expect(stdout).toMatch(/^program +what strict adds: not known to agentx +\? +–$/m);
  expect(stdout).toMatch(/^prompt +programs\.strict\.prompt +~\d/m);
  expect(stdout).toMatch(/^all +what agentx gives/m);
  expect(stdout).not.toMatch(/^tools/m);
  const { stdout: full } = await agentx(root, [...args, "--full"]);
  expect(full).toMatch(/agentx ask[^]+Be strict\.[^]+<task id="pay"/);
  const json = JSON.parse((await agentx(root, [...args, "--json"])).stdout);
  expect(json.agent).toBe("strict");
  expect(json.parts[0]).toMatchObject({ part: "program", tokens: null });
});

test("context --full prints the words themselves", async () => {
  const { root } = await makeRepository(npmProject);
  const { stdout } = await agentx(root, ["context", "login", "--plan", "plan.md", "--full"]);
  expect(stdout).toContain("Use tabs.");
  expect(stdout).toContain('<task id="login"');
});

test("context of a text or of an unknown task says what to do", async () => {
  const { root } = await makeRepository({ ...npmProject, "prd.md": "We want a shop.\n" });
  const text = await agentx(root, ["context", "login", "--plan", "prd.md"]);
  expect(text.code).toBe(2);
  expect(text.stderr).toContain("agentx plan prd.md");
  const unknown = await agentx(root, ["context", "lgin", "--plan", "plan.md"]);
  expect(unknown.stderr).toContain('Did you mean "login"?');
});

test("doctor names the keys that are set and never their values", async () => {
  const { root } = await makeRepository(npmProject);
  journalRun(root, { tasks: [task("login")], events: [] });
  const env = { OPENAI_API_KEY: key };
  for (const args of [["doctor"], ["doctor", "--json"]]) {
    const { stdout, stderr } = await agentx(root, args, { env });
    expect(stdout).toContain("set: OPENAI_API_KEY");
    expect(stdout + stderr).not.toContain(key);
  }
  const rows = JSON.parse((await agentx(root, ["doctor", "--json"], { env })).stdout);
  const named = new Map<string, { health: string; what: string }>(
    rows.map((row: { name: string }) => [row.name, row]),
  );
  expect(named.get("repository")?.health).toBe("ok");
  expect(named.get("journal")?.what).toContain("1 run, 1 events");
  expect(named.get(".agentx")?.what).toBe("ignored by git");
  expect(named.get("models")?.what).toContain("review openai/");
});

test("doctor ends with 1 and the fix when a run could not start", async () => {
  const { root } = await makeRepository({ "readme.md": "hello\n" });
  const { code, stdout } = await agentx(root, ["doctor"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL +models/);
  expect(stdout).toMatch(/FAIL +gates/);
  expect(stdout).toContain("→ set ANTHROPIC_API_KEY");
});

test("doctor warns of a gate whose program is not there", async () => {
  const { root } = await makeRepository();
  commitFiles(root, { "agentx.yaml": "gates:\n  lint: no-such-linter --all\n" });
  expect((await agentx(root, ["doctor"])).stdout).toMatch(/warn +gate lint .*no-such-linter/);
});

test("doctor gives a program that hangs three seconds, and goes on", async () => {
  const { root } = await makeRepository();
  const bin = makeFolder();
  writeFileSync(join(bin, "claude"), "#!/bin/sh\nexec sleep 60\n");
  writeFileSync(join(bin, "codex"), "#!/bin/sh\necho codex-cli 1.2.3\n");
  for (const program of ["claude", "codex"]) chmodSync(join(bin, program), 0o755);
  const { stdout } = await agentx(root, ["doctor"], { env: { PATH: `${bin}:${process.env["PATH"]}` } });
  expect(stdout).toMatch(/ok +agent claude +\(.+\/claude\)/);
  expect(stdout).toMatch(/ok +agent codex +1\.2\.3 \(/);
});

test("doctor outside of a repository still examines the machine", async () => {
  const { code, stdout } = await agentx("/", ["doctor"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL +repository/);
  expect(stdout).toMatch(/ok +node/);
});

test("what cannot be written is named by dispatch and doctor", async () => {
  const { root } = await makeRepository(npmProject);
  writeFileSync(join(root, ".agentx"), "a file\n");
  const said = await agentx(root, ["dispatch", "plan.md"], { env: { OPENAI_API_KEY: key } });
  expect(said.code).toBe(2);
  expect(said.stderr).toContain(`UNWRITABLE ${join(root, ".agentx")}: nothing can be written here`);
  const { code, stdout } = await agentx(root, ["doctor"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL +\.agentx .*nothing can be written here/);
});

// Root may write into every folder of /proc, and none can be made there.
test.runIf(process.platform === "linux")(
  "a home where no folder can be made is refused before anything is",
  async () => {
    const { root } = await makeRepository(npmProject);
    const env = { OPENAI_API_KEY: key, AGENTX_HOME: "/proc/x" };
    for (const args of [
      ["gates"],
      ["dispatch", "plan.md"],
      ["plan", "Add a sum."],
      ["doctor", "--sandbox"],
    ]) {
      const { code, stderr } = await agentx(root, args, { env });
      expect({ args, code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("UNWRITABLE /proc: "),
      });
    }
    expect(existsSync(join(root, ".agentx"))).toBe(false);
    expect((await agentx(root, ["doctor"], { env })).stdout).toMatch(
      /FAIL +home +\/proc: nothing can be written/,
    );
  },
);
