import { expect, test } from "vitest";
import { dispatchArgs, outcomeOf } from "./killed.ts";
import { git } from "./project.ts";
import { finish, phases, phasesProject, servePhases } from "./signal-phases.ts";
import { processesWith, until } from "../support/processes.ts";

type Row = [words: string, signal: "SIGINT" | "SIGTERM" | "SIGHUP", times: number];
const rows: Row[] = [
  ["one SIGINT", "SIGINT", 1],
  ["two SIGINT", "SIGINT", 2],
  ["one SIGTERM", "SIGTERM", 1],
  ["one SIGHUP", "SIGHUP", 1],
];

test.each(rows)(
  "a run with %s in each of its phases ends like one that nobody disturbed",
  async (_, signal, times) => {
    const served = await servePhases();
    const project = phasesProject();
    let args = dispatchArgs;
    const passed: string[] = [];
    const struck = phases.filter(({ lastsOn = false }) => times > 1 || !lastsOn);
    for (const phase of struck) {
      const started = project.start(args, served);
      const told = started.event("run.interrupted").catch(() => undefined);
      const missed = started.ended.then((ran) => ran.stderr);
      const late = await Promise.race([phase.comes({ started, served }).catch(() => missed), missed]);
      expect(late, phase.name).toBe(undefined);
      started.child.kill(signal);
      if (times > 1) {
        await told;
        started.child.kill(signal);
      }
      const ran = await started.ended;
      passed.push(`${phase.name}: ${ran.exitCode}`);
      await until(() => processesWith(project.folder).length === 0);
      if (phase.name === "an open question") await project.agentx(["answer", "1", "left"]);
      args = ["resume", "--json"];
    }
    const delivery = passed.pop();
    expect(passed).toEqual(struck.slice(0, -1).map(({ name }) => `${name}: 130`));
    // What was delivered before the signal came is finished.
    expect(delivery).toMatch(/^the delivery: (0|130)$/);
    expect((await finish(project, served, args)).exitCode).toBe(0);
    const calm = phasesProject();
    expect((await finish(calm, await servePhases())).exitCode).toBe(0);
    expect(await outcomeOf(project)).toEqual(await outcomeOf(calm));
    expect(git(project.root, "status", "--porcelain")).toBe(" M plan.md");
  },
);
