import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventType } from "../../src/core/event.ts";
import { dispatchArgs, kill, outcomeOf, projectFor, repeated, type Scenario, undisturbed } from "./killed.ts";
import { approves, eventsOfType, git } from "./project.ts";
import { withFailpoints } from "../support/failpoints.ts";
import { processesWith, until } from "../support/processes.ts";
import { neverAnswers, serveTwisted, writes } from "./small-run.ts";

const plan = `# Sums

## Tasks

- [ ] Add subtraction \`#sub\`
- [ ] Add multiplication \`#mul\`
`;
const script = `tasks:${writes("sub")}${writes("mul")}`;
const one = plan.slice(0, plan.indexOf("- [ ] Add multiplication"));

test("a dispatcher that is killed at every kind of event ends like one that never was", async () => {
  const scenario: Scenario = { plan };
  const served = await serveTwisted(script);
  const expected = await undisturbed(scenario, served);
  const calls = served.names().length;
  const project = projectFor(scenario);
  const moments: EventType[] = [
    "run.started",
    "baseline.finished",
    "attempt.started",
    "model.called",
    "worker.finished",
    "gates.finished",
    "review.finished",
    "merge.prepared",
    "task.merged",
  ];
  let kills = 0;
  for (const moment of moments) {
    const started = project.start(kills === 0 ? dispatchArgs : ["resume", "--json"], served);
    // A resumed run begins by telling the last event again: only one after its own beginning counts.
    const hasCome = started.event(moment, ({ seq }) => seq >= beginningOf(started.said().events));
    await Promise.race([hasCome, started.ended]);
    await kill(project, started);
    kills += 1;
  }
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
  expect(await outcomeOf(project)).toEqual(expected);
  // Two workers or reviewers at a time: a crash costs each of them the call that it waited for, and no other.
  expect(served.names().length - calls).toBeLessThanOrEqual(calls + 2 * kills);
  expect(git(project.root, "status", "--porcelain")).toBe(" M plan.md");
});

function beginningOf(events: readonly { type: string; seq: number }[]): number {
  return events.findLast(({ type }) => type === "run.started" || type === "run.resumed")?.seq ?? Infinity;
}

test("a resumed run does everything again: a worker that waits for its model goes on where it was, twice", async () => {
  const scenario: Scenario = { plan: one };
  const expected = await undisturbed(scenario, await serveTwisted(script));
  const served = await serveTwisted(script, ({ name, before }, turn) =>
    name === "sub implement 2" && before < 2 ? { ...turn, fault: { type: "hang", afterBytes: 0 } } : turn,
  );
  const project = projectFor(scenario);
  for (const [nth, args] of [dispatchArgs, ["resume", "--json"]].entries()) {
    const started = project.start(args, served);
    await served.called("sub implement 2", nth + 1);
    await kill(project, started);
  }
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
  expect(await outcomeOf(project)).toEqual(expected);
  expect(repeated(served.names())).toEqual(["sub implement 2", "sub implement 2"]);
});

test("a command of a worker dies with the dispatcher, and the worker is told that it may have run", async () => {
  const slow = `tasks:
  sub:
    implement:
      - call: { tool: write, path: sub.txt, content: "sub\\n" }
      - call: { tool: shell, command: "(sleep 86399 &) ; trap '' TERM INT HUP; sleep 86399" }
      - call: { tool: finish, note: done }
    review:${approves}
`;
  const served = await serveTwisted(slow);
  const project = projectFor({ plan: one });
  const started = project.start(dispatchArgs, served);
  await until(() => processesWith("sleep\0" + "86399").length >= 2);
  await kill(project, started);
  await until(() => processesWith("sleep\0" + "86399").length === 0);
  const resumed = await project.agentx(["resume"], served);
  expect(resumed.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub\n");
  expect(JSON.stringify(served.server.calls().at(-2)?.messages)).toContain(
    "interrupted and may have run or not",
  );
  expect(repeated(served.names())).toEqual([]);
});

test("a review that was under way is held again, and the work is not", async () => {
  const expected = await undisturbed({ plan: one }, await serveTwisted(script));
  const served = await serveTwisted(script, neverAnswers("sub review 1"));
  const project = projectFor({ plan: one });
  const started = project.start(dispatchArgs, served);
  await served.called("sub review 1");
  await kill(project, started);
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
  expect(await outcomeOf(project)).toEqual(expected);
  expect(repeated(served.names())).toEqual(["sub review 1"]);
});

test.each([
  ["a task's own commit", one, "sub.txt"],
  ["the merged tree", plan, "sub.txt -a -e mul.txt"],
])("a gate on %s that was under way is run again, and no model is asked again", async (_, tasks, files) => {
  // Unique on this machine, so that it can be found among all processes.
  const seconds = `1.5${String(process.pid).padStart(7, "0")}`;
  const scenario: Scenario = {
    plan: tasks,
    files: { "check.sh": `if test -e ${files}; then sleep ${seconds}; fi\n` },
  };
  const served = await serveTwisted(script);
  const expected = await undisturbed(scenario, served);
  const calls = served.names().length;
  const project = projectFor(scenario);
  const started = project.start(dispatchArgs, served);
  await until(() => processesWith(`sleep\0${seconds}`).length > 0);
  const killed = await kill(project, started);
  await until(() => processesWith(`sleep\0${seconds}`).length === 0);
  const resumed = await project.agentx(["resume", "--json"], served);
  expect(resumed.exitCode).toBe(0);
  expect(await outcomeOf(project)).toEqual(expected);
  expect(served.names().length).toBe(2 * calls);
  expect(eventsOfType([...killed.events, ...resumed.events], "task.merged")).toHaveLength(
    tasks === one ? 1 : 2,
  );
});

test("a merge that breaks off takes the only commit along: one that landed just before the crash is not made again", async () => {
  const seconds = `1.6${String(process.pid).padStart(7, "0")}`;
  const files = { "check.sh": `if test -e sub.txt -a -e mul.txt; then sleep ${seconds}; fi\n` };
  const served = await serveTwisted(script);
  const project = projectFor({ plan, files });
  const started = project.start(dispatchArgs, served);
  await until(() => processesWith(`sleep\0${seconds}`).length > 0);
  const { events } = await kill(project, started);
  // What the world looks like between the effect on git and its place in the journal.
  const run = eventsOfType(events, "run.started")[0]?.run ?? "";
  const prepared = eventsOfType(events, "merge.prepared").at(-1);
  const ref = `refs/heads/agentx/${run}/integration`;
  git(project.root, "update-ref", ref, prepared?.candidate ?? "", prepared?.onto ?? "");

  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);

  expect(git(project.root, "rev-parse", "main")).toBe(prepared?.candidate);
  expect(git(project.root, "log", "--format=%s").split("\n").toSorted()).toEqual([
    "Add multiplication",
    "Add subtraction",
    "plan",
    "start",
  ]);
});

test("a question outlives the process, is answered meanwhile, and the worker hears the answer", async () => {
  const asking = `tasks:${writes("mul")}
  sub:
    implement:
      - call: { tool: ask, question: "Which sign?", options: ["minus", "dash"] }
      - call: { tool: write, path: sub.txt, content: "sub\\n" }
      - call: { tool: finish, note: done }
    review:${approves}
`;
  const served = await serveTwisted(asking, neverAnswers("mul implement 2"));
  const project = projectFor({ plan });
  const started = project.start(dispatchArgs, served);
  await Promise.all([started.event("question.asked"), served.called("mul implement 2")]);
  await kill(project, started);
  expect((await project.agentx(["questions"])).stdout).toContain("Which sign?");
  expect((await project.agentx(["answer", "1", "minus"])).exitCode).toBe(0);
  expect((await project.agentx(["resume"], served)).exitCode).toBe(0);
  expect(git(project.root, "ls-files")).toContain("sub.txt");
  expect(JSON.stringify(served.server.calls().map(({ messages }) => messages))).toContain(
    "The person answers: minus",
  );
  expect(repeated(served.names())).toEqual(["mul implement 2"]);
});

test("what follows a merge is done after a crash too: the plan's tick, and at the very end the report", async () => {
  const served = await serveTwisted(script);
  const project = projectFor({ plan: one });
  // A run writes git's ignore file, the plan and the report; a resumed one that has nothing left to do, the last two.
  const { place, passed } = withFailpoints(project.folder, [
    { at: "file.rename:before#2", mode: "kill" },
    { at: "file.rename:before#4", mode: "kill" },
  ]);
  const options = { ...place, env: { ...served.env, ...place.env } };
  expect((await project.agentx(dispatchArgs, options)).exitCode).toBe(-2);
  expect(project.read("plan.md")).not.toContain("[x]");
  expect((await project.agentx(["resume"], options)).exitCode).toBe(-2);
  expect(passed().filter(({ struck }) => struck)).toHaveLength(2);
  const ended = await project.agentx(["resume"], options);

  expect([ended.exitCode, ended.stderr]).toEqual([0, expect.stringContaining("is finished")]);
  expect(project.read("plan.md")).toContain("- [x] Add subtraction");
  const [run = ""] = readdirSync(join(project.root, ".agentx/runs"));
  expect(readdirSync(join(project.root, ".agentx/runs", run)).toSorted()).toEqual([
    "gates",
    "log.jsonl",
    "report.md",
    "standing.txt",
  ]);
  expect(git(project.root, "status", "--porcelain")).toBe(" M plan.md");
});
