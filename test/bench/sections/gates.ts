import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { GateSpec } from "../../../src/core/run-settings.ts";
import { isGreen } from "../../../src/core/verdict.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { runGates, type GateJob, type GatePorts } from "../../../src/stages/gate/run-gates.ts";
import { settings } from "../../support/core-run.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs, type Pairs } from "../pairs.ts";
import { timeRow, type Section } from "../section.ts";
import { measureKnown } from "./known-verdict.ts";

const smallTest = `import test from "node:test";
import assert from "node:assert";
test("adds", () => assert.equal(1 + 1, 2));
`;

function jobOf(command: string): GateJob {
  const gate: GateSpec = { name: "check", command, timeoutMs: 60_000, network: false };
  const signal = new AbortController().signal;
  return { commit: "c", settings: settings({ gates: [gate] }), onActivity: () => {}, signal };
}

/** In a checkout that is there already: how that is had is another section's. */
export const gates: Section = {
  name: "gates",
  title: "Gates",
  measure: async ({ quick }) => {
    using folder = benchFolder();
    const path = join(folder.path, "checkout");
    mkdirSync(path);
    writeFileSync(join(path, "small.test.mjs"), smallTest);
    const checkout = {
      path,
      gitDir: join(folder.path, "git"),
      portBase: 20_000,
      restore: async () => {},
      takeTurn: async () => ({ [Symbol.dispose]: () => {} }),
      [Symbol.asyncDispose]: async () => {},
    };
    mkdirSync(checkout.gitDir);
    const ports: GatePorts = {
      checkouts: { lease: async () => checkout },
      sandboxes: await findSandbox({ env: process.env, unsafeNoSandbox: false, ownNodeFirst: true }),
      toolchain: "",
      cache: { find: () => null, store: () => {} },
      tree: "tree",
      setUp: async () => {},
      personProxy: {},
      logFolder: join(folder.path, "logs"),
    };
    const measure = (command: string): Promise<Pairs> => {
      return measurePairs(
        {
          baseline: async () => void (await execa("sh", ["-c", command], { cwd: path })),
          ours: async () => {
            const verdicts = await runGates(jobOf(command), ports);
            if (!isGreen(verdicts))
              throw new Error(`"${command}" was not green: ${JSON.stringify(verdicts)}`);
          },
        },
        { pairs: quick ? 2 : 20 },
      );
    };
    return [
      timeRow(
        { name: "true", what: "the gate `test -d .`; against the same by `sh -c`", bound: 15 },
        await measure("test -d ."),
      ),
      timeRow(
        { name: "node --test", what: "a file with one test; against the same by `sh -c`", bound: 3 },
        await measure("node --test"),
      ),
      await measureKnown(folder.path, { job: jobOf("test -d ."), ports, times: quick ? 10 : 100 }),
    ];
  },
};
