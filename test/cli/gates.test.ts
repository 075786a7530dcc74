import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { GateProof } from "../../src/core/gate-proof.ts";
import type { GateVerdict } from "../../src/core/verdict.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { noSandboxLimits } from "../../src/core/run-settings.ts";
import { git, makeFolder, makeRepository, write } from "../git/make-repository.ts";
import { agentx } from "./a-terminal.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const node = process.execPath;
const link = `ln -sfn ${modules} node_modules`;

const canSandbox = await findSandbox({
  env: process.env,
  unsafeNoSandbox: false,
  limits: noSandboxLimits,
}).then(
  () => true,
  () => false,
);

/** Name → command, the config's `prove` and what has to come of it. */
const gates: Record<string, { command: string; prove?: string; is: [about: string, outcome: string][] }> = {
  unit: { command: `${node} --test sub.test.js`, is: [["failing test", "proven"]] },
  mocha: { command: `${node} mocha.js add.spec.cjs`, is: [["failing test", "proven"]] },
  vitest: {
    command: `${link} && ${node} ${modules}/vitest/vitest.mjs run --dir v`,
    is: [["failing test", "proven"]],
  },
  types: { command: `${node} ${modules}/typescript/bin/tsc --noEmit`, is: [["type error", "proven"]] },
  lint: {
    command: `${node} ${modules}/oxlint/bin/oxlint --deny-warnings src`,
    is: [["lint violation", "proven"]],
  },
  format: {
    command: `${node} ${modules}/oxfmt/bin/oxfmt --check src`,
    is: [["format violation", "proven"]],
  },
  // Needs what the gate before it leaves behind.
  bundle: { command: "mkdir out && cp src/add.ts out", is: [["", "no-fault"]] },
  "unit-out": {
    command: `test -e out/add.ts && ${node} --test sub.test.js`,
    is: [["failing test", "proven"]],
  },
  mine: { command: "test ! -e broken", prove: "echo > broken", is: [["prove", "proven"]] },
  mislaid: { command: "test ! -e broken", prove: "exit 4", is: [["prove", "unplanted"]] },
  // These can not fail.
  lax: {
    command: `${node} ${modules}/typescript/bin/tsc --noEmit || true`,
    is: [["type error", "stayed-green"]],
  },
  nothing: { command: "exit 0", is: [["", "red-before"]] },
  "no-tests": {
    command: `${link} && ${node} ${modules}/vitest/vitest.mjs run --passWithNoTests nosuch`,
    is: [["", "red-before"]],
  },
};

// A test that rewrites what the next gate judges, and shadows its settings.
const meddler = { command: "echo broken > src/add.ts; echo > broken; mkdir -p out && echo > out/kept" };

const config = (names: readonly string[]): string =>
  JSON.stringify({
    setup: false,
    sandbox: { readOnly: [modules] },
    gates: Object.fromEntries(
      names.map((name) => {
        const { command = "", prove } = gates[name] ?? {};
        return [name, prove === undefined ? command : { command, prove }];
      }),
    ),
  });

/** Calls what the spec hands to `it`, as mocha does. */
const mochaLike = `import { createRequire } from "node:module";
import { resolve } from "node:path";
let failed = 0;
let passed = 0;
globalThis.it = (name, run) => {
  try { run(); passed++; } catch (error) { failed++; console.log("  1) " + name + "\\n" + error.stack); }
};
createRequire(import.meta.url)(resolve(process.argv[2]));
console.log("  " + passed + " passing\\n  " + failed + " failing");
process.exitCode = failed;
`;

const files = {
  ".gitignore": "out\n",
  "package.json": '{ "name": "sums", "type": "module" }\n',
  "tsconfig.json": '{ "compilerOptions": { "strict": true, "types": [] }, "include": ["src"] }\n',
  "src/add.ts": "export const add = (a: number, b: number): number => a + b;\n",
  "sub.test.js": 'import test from "node:test";\n\ntest("subtracts", () => {});\n',
  "v/add.test.ts": 'import { expect, test } from "vitest";\n\ntest("adds", () => expect(1 + 1).toBe(2));\n',
  "mocha.js": mochaLike,
  "add.spec.cjs": 'it("adds", () => {});\n',
};

test.skipIf(!canSandbox)(
  "gates --prove: which gates refuse a fault that is planted for them",
  async () => {
    const { root } = await makeRepository({ ...files, "agentx.yaml": config(Object.keys(gates)) });
    const env = { AGENTX_HOME: makeFolder() };

    const said = await agentx(root, ["gates", "--prove", "--json"], { env });

    const { proofs } = JSON.parse(said.stdout) as { proofs: GateProof[] };
    expect(proofs.map(({ gate, about, outcome }) => [gate, about, outcome.type])).toEqual(
      Object.entries(gates).flatMap(([name, { is }]) => is.map((row) => [name, ...row])),
    );
    expect(said.code).toBe(1);
    expect(git(root, "status", "--porcelain")).toBe("");
  },
  480_000,
);

test.skipIf(!canSandbox)(
  "gates: what they say of HEAD or of another commit, and of a file that is no config",
  async () => {
    const { root, base } = await makeRepository({ ...files, "agentx.yaml": config(["mine", "bundle"]) });
    const env = { AGENTX_HOME: makeFolder() };
    git(root, "commit", "--quiet", "--allow-empty", "--message", "next");

    const green = await agentx(root, ["gates"], { env });
    expect(green).toMatchObject({ code: 0, stderr: expect.stringContaining("gate mine: test ! -e broken") });
    expect(green.stdout).toMatch(/^green {2}mine .*\ngreen {2}bundle /);

    git(root, "rm", "--quiet", "src/add.ts");
    git(root, "commit", "--quiet", "--message", "without");
    const red = await agentx(root, ["gates", "--json"], { env });
    expect(red.code).toBe(1);
    const { verdicts } = JSON.parse(red.stdout) as { verdicts: GateVerdict[] };
    expect(verdicts.map(({ gate, type }) => [gate, type])).toEqual([
      ["mine", "passed"],
      ["bundle", "failed"],
    ]);
    expect((await agentx(root, ["gates", "--commit", base], { env })).code).toBe(0);

    const judge = `! grep broken src/add.ts && test ! -e broken && test -e out/kept`;
    write(root, { "agentx.yaml": JSON.stringify({ setup: false, gates: { meddler, judge } }) });
    expect(await agentx(root, ["gates", "--commit", base], { env })).toMatchObject({ code: 0 });

    expect(await agentx(root, ["gates", "--commit", "nosuch"], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("UNKNOWN_COMMIT"),
    });
    const { root: bare } = await makeRepository();
    expect(await agentx(bare, ["gates"], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("NO_GATES"),
    });
  },
);

test("where there is an agentx.yaml it is the file to write gates into, and init is not advised", async () => {
  const { root } = await makeRepository();
  write(root, { "agentx.yaml": "slots: 2\n" });
  const { stderr } = await agentx(root, ["gates"], { env: { HOME: makeFolder() } });
  expect(stderr).toMatch(/NO_GATES[^]*write them into .*agentx\.yaml under "gates"/);
  expect(stderr).not.toContain("agentx init");
});

test("the sandbox that agentx.yaml names is the one that gates run in, or they do not run", async () => {
  const { root } = await makeRepository();
  write(root, { "agentx.yaml": JSON.stringify({ gates: { one: "test -d ." }, sandbox: { use: "podman" } }) });
  expect(await agentx(root, ["gates"], { env: { HOME: makeFolder() } })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("sandbox.image names no image"),
  });
});

test("a gate whose sandbox dies runs once more in a fresh checkout, is broken where that dies too, and the others go on", async () => {
  const { root } = await makeRepository();
  const seen = join(makeFolder(), "seen");
  // Without walls, what started the command is the sandbox.
  const die = "touch used; kill -9 $PPID; sleep 0.1";
  const one = `test ! -e used && { test -e ${seen} || { touch ${seen}; ${die}; }; }`;
  const gates = { one, two: die, three: "test ! -e used" };
  write(root, { "agentx.yaml": JSON.stringify({ setup: false, gates }) });
  const args = ["gates", "--json", "--unsafe-no-sandbox"];
  const { code, stdout, stderr } = await agentx(root, args, { env: { AGENTX_HOME: makeFolder() } });
  const { verdicts } = JSON.parse(stdout) as { verdicts: GateVerdict[] };
  expect(verdicts.map(({ gate, type }) => [gate, type])).toEqual([
    ["one", "passed"],
    ["two", "broken"],
    ["three", "passed"],
  ]);
  expect(verdicts[1]).toMatchObject({ reason: expect.stringContaining("the sandbox has died: ") });
  expect(stderr).toContain("gate one once more: the sandbox has died: ");
  expect(code).toBe(1);
});

test("gates run without walls where the person says so, as the refusal offers", async () => {
  const { root } = await makeRepository();
  write(root, { "agentx.yaml": JSON.stringify({ setup: false, gates: { one: "test -d ." } }) });
  const env = { AGENTX_HOME: makeFolder(), PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  expect(await agentx(root, ["gates", "--unsafe-no-sandbox"], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("green"),
  });
});
