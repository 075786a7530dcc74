import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { expect, test } from "vitest";
import { dispatchArgs, projectFor } from "./killed.ts";
import { serveModels } from "./project.ts";
import { processesWith, until } from "../support/processes.ts";
import { approval, calls, finishes, planOf, wrote } from "./turns.ts";

type Case = {
  settings?: Record<string, unknown>;
  /** Of the one task, in the plan. */
  keys?: string[];
  implement?: object[];
};
type Row = [where: string, at: number, caseOf: (command: string) => Case];

const rows: Row[] = [
  ["a set-up", 1, (setup) => ({ settings: { setup } })],
  ["a gate", 2, (check) => ({ settings: { gates: { check } } })],
  ["a worker's command", 3, (command) => ({ implement: [calls({ tool: "shell", command }), finishes()] })],
  [
    "a guest",
    4,
    (command) => ({
      keys: ["agent: hand"],
      settings: { programs: { hand: { command, model: "anthropic/claude-opus-5-5" } } },
    }),
  ],
];

test.each(rows)(
  "a daemon of %s that ignores signals and forked twice is gone one second after kill -9",
  async (_, at, caseOf) => {
    const marker = `8${at}${String(process.pid).padStart(7, "0")}`;
    const deaf = "trap '' TERM HUP INT";
    const daemon = `setsid sh -c "${deaf}; (${deaf}; exec sleep ${marker}) &" > /dev/null 2>&1 &`;
    const { settings = {}, keys = [], implement } = caseOf(`${daemon} ${deaf}; sleep ${marker}`);
    const project = projectFor({
      plan: planOf({ a: keys }),
      files: { "agentx.yaml": stringify({ gates: { check: "sh check.sh" }, ...settings }) },
    });
    const task = implement === undefined ? wrote({ "a.txt": "a\n" }) : { implement, review: [approval] };
    const { env } = await serveModels(project, { tasks: { a: task } });
    const started = project.start(dispatchArgs, { env });
    const ended = started.ended.then(({ stderr }) => expect.unreachable(stderr));
    const sleeping = (): number => processesWith(`sleep\0${marker}`).length;
    await Promise.race([until(() => sleeping() === 2), ended]);
    ended.catch(() => {});

    started.child.kill("SIGKILL");
    await sleep(1_000);

    expect(sleeping()).toBe(0);
    expect(processesWith(project.folder)).toEqual([]);
  },
);
