import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import type { Sandbox, SandboxSpec } from "../../../src/sandbox/sandbox.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Section } from "../section.ts";

const command = "true";

export const sandbox: Section = {
  name: "sandbox",
  title: "A command in the sandbox",
  measure: async ({ quick }) => {
    using folder = benchFolder();
    const root = join(folder.path, "root");
    mkdirSync(root);
    const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false });
    const spec = { root, writable: true, scratch: null, readOnly: [], env: {}, network: false } as const;
    const open = (mostly: Required<SandboxSpec>["mostly"]): Promise<Sandbox> =>
      provider.open({ ...spec, readOnly: [], mostly });
    const baseline = async (): Promise<void> => void (await execa("sh", ["-c", command], { cwd: root }));
    const run = async (opened: Sandbox): Promise<void> => {
      const done = await opened.exec({ command, timeoutMs: 10_000 });
      if (done.type !== "exited" || done.exitCode !== 0) throw new Error(`"${command}" did not end well`);
    };
    const once = await measurePairs(
      {
        baseline,
        ours: async () => {
          const opened = await open(null);
          await run(opened);
          await opened.close();
        },
      },
      { pairs: quick ? 3 : 30 },
    );
    const alone = await measurePairs(
      {
        baseline,
        ours: async () => {
          const opened = await open("programs");
          const silent = { env: {}, onStdout: () => {}, onStderr: () => {} };
          const end = await opened.spawn({ file: "sh", args: ["-c", command], ...silent }).ended;
          if (end.type !== "exited" || end.exitCode !== 0) throw new Error(`"${command}" did not end well`);
          await opened.close();
        },
      },
      { pairs: quick ? 3 : 30 },
    );
    const long = await open(null);
    const inside = await measurePairs({ baseline, ours: () => run(long) }, { pairs: quick ? 10 : 100 });
    await long.close();
    return [
      timeRow({ name: "once", what: "opened, `true`, closed; against `sh -c true`", bound: 60 }, once),
      timeRow(
        {
          name: "alone",
          what: "the same without a helper, as commands that ask no model have it",
          bound: 15,
        },
        alone,
      ),
      timeRow(
        { name: "long-lived", what: "`true` in one that is open; against `sh -c true`", bound: 1.5 },
        inside,
      ),
    ];
  },
};
