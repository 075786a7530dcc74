import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FirstRequest, untilFirstRequest } from "./first-request.ts";
import {
  installInto,
  must,
  newNodePath,
  packInto,
  type Ran,
  root,
  run,
  systemPath,
  temporaryFolder,
} from "./support.ts";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const folder = temporaryFolder();
const elsewhere = join(folder.path, "elsewhere");
const project = join(folder.path, "project");
const agentx = join(project, "node_modules/.bin/agentx");
let tarball = "";

beforeAll(async () => {
  mkdirSync(elsewhere);
  mkdirSync(project);
  tarball = await packInto(folder.path);
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "greeter", private: true, scripts: { dispatch: dispatchCommand } }),
  );
  await installInto(project, ["--save-dev", tarball]);
});
afterAll(() => folder[Symbol.dispose]());

const dispatchCommand = "agentx dispatch plan.md --yes --model scripted/script.yaml";

test("the package holds what runs and what a host agent reads, and no source or test", async () => {
  const files = (await must("tar", ["-tzf", tarball], { cwd: folder.path })).trim().split("\n");
  for (const file of [
    "dist/agentx.cjs",
    "dist/help.txt",
    "dist/parts/main.cjs",
    "dist/parts/third-party-notices.txt",
    "dist/sandbox/inside/helper.js",
    "dist/sys/processes/starter-program.js",
    "skills/agentx/SKILL.md",
    "skills/worker/prompt.md",
    "schema/agentx.schema.json",
    "docs/config.md",
    "docs/formats.md",
    "docs/models.md",
    "docs/demo.svg",
  ]) {
    expect(files).toContain(`package/${file}`);
  }
  for (const file of [".claude-plugin/plugin.json", "README.md", "LICENSE", "CHANGELOG.md", "package.json"]) {
    expect(files).toContain(`package/${file}`);
  }
  // The demo's little project is a TypeScript project of its own, and is meant to be read.
  const agentxItself = files.filter((file) => !file.startsWith("package/docs/demo/"));
  expect(agentxItself.filter((file) => /\.ts$|^package\/(src|test|\.ci)\//.test(file))).toEqual([]);
});

describe("the installed program", () => {
  test("says its version and its help from any folder", async () => {
    expect(await run(agentx, ["--version"], { cwd: elsewhere })).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
    const help = await run(agentx, ["--help"], { cwd: elsewhere });
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toContain("dispatch");
    const whole = await run(agentx, ["--help", "--"], { cwd: elsewhere });
    expect(help.stdout).toBe(whole.stdout);
    expect((await run(agentx, ["-h"], { cwd: elsewhere })).stdout).toBe(whole.stdout);
  });

  test("has Node start with little room for new objects, by whatever path it is called", async () => {
    const tell = "process.stderr.write(JSON.stringify([process.execArgv, process.argv.slice(2)]))";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
    const told = JSON.stringify([["--max-semi-space-size=4"], ["status", "--run", "a b"]]);
    const direct = await run(agentx, ["status", "--run", "a b"], { cwd: elsewhere, env });
    expect(direct.stderr).toContain(told);
    const path = [dirname(agentx), newNodePath].join(delimiter);
    expect((await run("agentx", ["status", "--run", "a b"], { cwd: elsewhere, env, path })).stderr).toContain(
      told,
    );
  });

  test("says in one line that Node is too old", async () => {
    const { exitCode, stdout, stderr } = await runOnOldNode(["--version"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(
      /^agentx needs Node 24 or newer; this is Node \d+\.\d+\.\d+ \(.+\)\. Install one from nodejs\.org or with your version manager\n$/,
    );
  });
});

/** The system's own Node where that is an old one; else this one, which is told to call itself old. */
async function runOnOldNode(args: string[]): Promise<Ran> {
  const system = await run("node", ["--version"], { cwd: elsewhere, path: systemPath }).catch(() => null);
  const major = Number(/^v(\d+)\./.exec(system?.stdout ?? "")?.[1] ?? Number.NaN);
  if (major < 24) return run(agentx, args, { cwd: elsewhere, path: systemPath });
  const disguise = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})";
  return run("node", [`--import=data:text/javascript,${encodeURIComponent(disguise)}`, agentx, ...args], {
    cwd: elsewhere,
    path: newNodePath,
  });
}

test("an npm script dispatches, without a terminal and without colours", async () => {
  const files = {
    ".gitignore": "node_modules/\n",
    "agentx.yaml": "gates:\n  greets: sh check.sh\nsetup: false\n",
    "check.sh": "[ ! -e hello.txt ] || grep -q '^hello$' hello.txt\n",
    "plan.md":
      "# Greet\n\n## Tasks\n\n- [ ] Write the greeting `#hello`\n  - touches: hello.txt\n  - accept: it says hello\n",
    "script.yaml": script,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message=start");

  const env = { AGENTX_HOME: join(folder.path, "state"), ...author };
  const { exitCode, stdout, stderr } = await run("npm", ["run", "dispatch"], { cwd: project, env });

  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout + stderr).not.toContain("\u001b");
  expect(readFileSync(join(project, "hello.txt"), "utf8")).toBe("hello\n");
  expect(await git("log", "--format=%s", "-1")).toContain("Write the greeting");
});

describe("until the first request of a dispatch", () => {
  test("the planner's takes seven processes, and nothing is loaded that only its answer needs", async () => {
    const { processes, builtins, parts } = await untilFirstRequest(agentx, "prd.md");
    expect(processes.sort()).toEqual([
      "bwrap",
      "bwrap",
      "git cat-file",
      "git config",
      "git rev-parse",
      "git status",
      "git version",
    ]);
    expectLittle({ builtins, parts }, 70);
  });

  test("a worker's SDK is loaded while the base's gate runs", async () => {
    const { processes, builtins, parts, besideGate } = await untilFirstRequest(agentx, "plan.md");
    // Ten more: the run's branch, two checkouts with what git is to leave out of them, and the gate.
    expect(processes.length, processes.join(", ")).toBeLessThanOrEqual(17);
    expectLittle({ builtins, parts }, 100);
    expect(besideGate).toContain("anthropic-sdk");
  });
});

/** Node's own `fetch` takes as long to load as a bare Node to start, the table of prices longer, TLS half of that. */
function expectLittle({ builtins, parts }: Pick<FirstRequest, "builtins" | "parts">, most: number): void {
  expect(builtins).not.toContain("internal/deps/undici/undici");
  expect(builtins).not.toContain("https");
  expect(parts).toContain("anthropic-sdk");
  expect(parts.filter((name) => /openai|google|execa|cassette/.test(name))).toEqual([]);
  // The YAML parser, and not the table of prices.
  expect(parts.filter((name) => name === "dist")).toHaveLength(1);
  expect(parts.length).toBeLessThan(most);
}

const author = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@localhost",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@localhost",
};

const script = `
tasks:
  hello:
    implement:
      - call: { tool: write, path: hello.txt, content: "hello\\n" }
      - call: { tool: finish, note: It greets. }
    review:
      - call: { tool: submit_verdict, verdict: approve, summary: It says hello., findings: [] }
`;

function git(...args: string[]): Promise<string> {
  return must("git", args, { cwd: project });
}
