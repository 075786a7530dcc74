import { closeSync, readdirSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import type { OpenPipe } from "../../src/sandbox/inside/output-pipes.ts";
import { ReadyPipes } from "../../src/sandbox/ready-pipes.ts";

const openHere = (): number => readdirSync("/proc/self/fd").length;

test("as many pipes as are wanted, or none: what was taken is there for the next one", async () => {
  const { TMPDIR } = process.env;
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
  });
  const pipes = new ReadyPipes();
  const taken = await pipes.takeAll<OpenPipe[]>(14);
  const before = openHere();
  // Two are left of the first sixteen, and no more can be made.
  process.env["TMPDIR"] = "/no/such/folder";
  await expect(pipes.takeAll(3)).rejects.toThrow("ENOENT");
  expect(openHere()).toBe(before);
  taken.push(...(await pipes.takeAll<[OpenPipe, OpenPipe]>(2)));
  expect(new Set(taken.map(({ readFd }) => readFd)).size).toBe(16);
  for (const { readFd, writeFd } of taken) {
    closeSync(readFd);
    closeSync(writeFd);
  }
});
