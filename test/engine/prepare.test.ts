import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import { rolesOf } from "../../src/engine/demands.ts";
import { estimateSpend } from "../../src/engine/estimate-spend.ts";
import { prepareRun } from "../../src/engine/prepare.ts";
import { findBase, openWorkspace } from "../../src/engine/workspace.ts";
import { commitFiles, makeFolder, makeRepository } from "../git/make-repository.ts";
import { plan, settings, task } from "../support/core-run.ts";

async function prepared(yaml: string, env: Record<string, string> = {}) {
  const { root } = await makeRepository();
  commitFiles(root, { "agentx.yaml": yaml });
  const bin = makeFolder();
  for (const name of ["claude", "codex"]) {
    writeFileSync(join(bin, name), "#!/bin/sh\n");
    chmodSync(join(bin, name), 0o755);
  }
  const workspace = await openWorkspace(root, { HOME: root, PATH: bin, ...env });
  const one = plan(task("a"));
  const base = await findBase(workspace);
  return prepareRun(workspace, { base, flags: {}, plan: one, needed: rolesOf(one) });
}

test("models that a program with its own login does not use are said not to be used", async () => {
  const yaml = `agents: {implement: claude, review: codex, resolve: claude}
programs: {claude: {credentials: own}, codex: {credentials: own}}
models: {implement: anthropic/claude-opus-5-5, review: openai/gpt-5.5}
`;
  const { notes, settings: made } = await prepared(yaml);
  expect(notes.filter((note) => note.includes("own login"))).toEqual([
    "implement: claude works with its own login and chooses its model; programs.claude.model names one.",
    "review: codex works with its own login and chooses its model; programs.codex.model names one.",
  ]);
  // Not free, and not scripted: nobody knows.
  expect(await estimateSpend(plan(task("a")), made)).toEqual([
    "Price not known, so not counted: claude with its own login, codex with its own login.",
  ]);
});

test("an agent that agentx is to add a key for is not said to have its own login where there is no model", async () => {
  const spec = { type: "command", command: "sh work.sh", credentials: "gateway" } as const;
  const unready = settings({
    models: { plan: [], research: [], implement: [], review: [], resolve: [] },
    agents: { ...apiForEveryRole, implement: "worker" },
    programs: { worker: { ...spec, model: null, prompt: "", web: false, env: {} } },
  });
  expect(await estimateSpend(plan(task("a")), unready)).toEqual([
    "Price not known, so not counted: worker (no model yet), review (no model yet).",
  ]);
});

test("of commands that ask no model nothing is estimated", async () => {
  const modelless = {
    type: "command",
    command: "sh work.sh",
    credentials: "none",
    model: null,
    prompt: "",
    web: false,
    env: {},
  } as const;
  const made = settings({
    agents: { ...apiForEveryRole, implement: "worker", review: "approver" },
    programs: { worker: modelless, approver: modelless },
  });
  expect(await estimateSpend(plan(task("a")), made)).toEqual(["No model is asked: nothing is spent."]);
});

test("a role that still has no model is refused with both ways out", async () => {
  const yaml = "agents: {implement: claude}\nprograms: {claude: {credentials: own}}\n";
  await expect(prepared(yaml)).rejects.toMatchObject({
    code: "NO_MODEL",
    message: expect.stringMatching(/^there is no model for review.+\n.+credentials: own/),
  });
});

test("the models that a run uses are those that its agents can speak to", async () => {
  const { settings: made } = await prepared("agents: {implement: claude, review: codex}", {
    ANTHROPIC_API_KEY: "a",
    OPENAI_API_KEY: "o",
  });
  expect(made).toMatchObject({
    agents: { implement: "claude", review: "codex", resolve: "claude" },
    models: { implement: ["anthropic/claude-opus-5-5", "openai/gpt-5.5"] },
  });
});
