import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { processesBelow } from "../../../src/sandbox/inside/processes-inside.ts";
import { eventually, processesWith } from "../support.ts";

test("all that descends from a process is found, whichever thread has started it", async () => {
  const inWorker = "require('node:child_process').spawn('sleep', ['87.5'])";
  const program = `
    const { spawn } = require("node:child_process");
    spawn("sh", ["-c", "sleep 87.5 & sleep 87.5 & wait"]);
    new (require("node:worker_threads").Worker)(${JSON.stringify(inWorker)}, { eval: true });
    setInterval(() => {}, 1000);`;
  const started = spawn(process.execPath, ["-e", program]);
  const pid = started.pid ?? 0;
  onTestFinished(() => {
    for (const below of [...(processesBelow(pid)?.all ?? []), pid]) process.kill(below, "SIGKILL");
  });
  expect(await eventually(() => processesWith("87.5").length === 3, 20_000)).toBe(true);

  const found = processesBelow(pid);

  expect(found?.all).toHaveLength(4);
  expect(found?.all).toEqual(expect.arrayContaining(processesWith("87.5")));
  expect(found?.ordinary).toEqual(found?.all.slice(1));
  expect(processesBelow(2 ** 22 + 1)).toEqual({ all: [], ordinary: [] });
});
