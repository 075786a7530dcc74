import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockRepository } from "../../src/engine/lock-repository.ts";
import { openWorkspace } from "../../src/engine/workspace.ts";
import { calls } from "../e2e/turns.ts";
import { git, makeFolder, makeRepository, write } from "../git/make-repository.ts";
import { serveScript } from "../model-server/serve-script.ts";
import { modelEnv } from "../support/project.ts";
import { agentx } from "./a-terminal.ts";

const plan = "# Shop\n\nA shop.\n\n## Tasks\n\n- [ ] Sign in `#login`\n  - accept: it is there\n";

test("a plan that a model made is kept where it is not started, and none is paid for beside a dispatcher", async () => {
  const { root } = await makeRepository({
    "readme.md": "hello\n",
    "agentx.yaml": "gates:\n  check: test -d .\n",
  });
  write(root, { "readme.md": "changed\n" });
  const task = {
    id: "one",
    title: "Count",
    role: "implement",
    needs: [],
    touches: [],
    acceptance: ["it counts"],
  };
  const script = {
    planner: [calls({ tool: "submit_plan", title: "Counting", tasks: [{ ...task, body: "Do." }] })],
  };
  const folder = makeFolder();
  write(folder, { "script.yaml": JSON.stringify(script) });
  const server = await serveScript(join(folder, "script.yaml"), { pauseScale: 1 });
  onTestFinished(() => server.close());
  const env = { ...modelEnv(server.url), AGENTX_HOME: makeFolder() };
  const args = ["dispatch", "Count to one, in a file."];

  const locked = lockRepository(await openWorkspace(root, env), {
    since: 1,
    command: "agentx dispatch other.md",
  });
  const beside = await agentx(root, args, { env });
  locked.release();
  expect(beside).toMatchObject({ code: 2, stderr: expect.stringContaining("DISPATCHER_RUNNING") });
  expect(server.requests).toEqual([]);

  const declined = await agentx(root, args, { env, isTTY: true, stdin: "n\n" });
  expect(declined.code).toBe(1);
  expect(declined.stderr).toMatch(
    /Your checkout has changes: what is not committed is no part of a run[^]*Start\?/,
  );
  const [name = ""] = readdirSync(join(root, ".agentx", "plans"));
  expect(declined.stderr).toContain(`agentx dispatch .agentx/plans/${name}`);
  expect(readFileSync(join(root, ".agentx", "plans", name), "utf8")).toContain("- [ ] Count `#one`");
  expect(git(root, "status", "--porcelain")).toBe(" M readme.md");
});

test("a plan's file is tried before anything is planned, and what cannot be written all the same is printed", async () => {
  const { root } = await makeRepository({ "plan.md": plan, "agentx.yaml": "gates:\n  check: test -d .\n" });
  const env = { OPENAI_API_KEY: "sk-1" };
  const places = ["nope/x.md", "plan.md/x", ...(process.platform === "linux" ? ["/proc/x.md"] : [])];
  for (const place of places) {
    const { code, stdout, stderr } = await agentx(root, ["plan", "plan.md", "-o", place], { env });
    expect({ place, code, stdout }).toEqual({ place, code: 2, stdout: "" });
    expect(stderr).toMatch(/^error UNWRITABLE .*: no plan can be written here: .*\n {2}choose another name/);
  }
  const tooLong = `${"y".repeat(252)}.md`;
  const printed = await agentx(root, ["plan", "plan.md", "-o", tooLong], { env });
  expect(printed).toMatchObject({ code: 2, stdout: expect.stringContaining("- [ ] Sign in `#login`") });
  expect(printed.stderr).toContain("UNWRITABLE");
  expect(existsSync(join(root, tooLong))).toBe(false);
});
