import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { stopCommand } from "../../../src/sandbox/resident/stop-command.ts";

test("a command that is stopped before it leads a group is ended alone, once it is there", async () => {
  const [child, neighbour] = [spawn("sleep", ["98.25"]), spawn("sleep", ["98.5"])];
  const ended = once(child, "exit");
  let looks = 0;
  const command = (): number | null => ((looks += 1) < 3 ? null : (child.pid ?? null));
  const finish = stopCommand({ command, inside: () => ({ all: [], ordinary: [] }) });
  expect(await ended).toEqual([null, "SIGTERM"]);
  finish();
  // Of the same group, as this process is.
  expect(neighbour.exitCode ?? neighbour.signalCode).toBeNull();
  neighbour.kill("SIGKILL");
});

test("what is left of a stopped command's group is ended with it, and no group that has its number later", async () => {
  const leader = spawn("sh", ["-c", "trap '' TERM; echo; sleep 98.75 & wait"], { detached: true });
  await once(leader.stdout, "data");
  const group = leader.pid ?? 0;
  const finishFor = (all: number[]): (() => void) =>
    stopCommand({ command: () => group, inside: () => ({ all, ordinary: all }) });
  const ended = once(leader, "exit");
  finishFor([process.pid])();
  expect(leader.exitCode ?? leader.signalCode).toBeNull();
  finishFor([process.pid, group])();
  expect(await ended).toEqual([null, "SIGKILL"]);
});
