import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, eventsOfType, git, type Ran } from "../../e2e/project.ts";
import { processesWith, until } from "../../support/processes.ts";
import { calls, planOf } from "../../e2e/turns.ts";
import { installProgram } from "../../support/npm-program.ts";
import { canary, filesWith } from "../mixed-run.ts";
import { cloneOf, dispatch, expectReplay, filesPlan, looks, openRecording } from "../recording.ts";

describe("a dispatch that is recorded", () => {
  beforeAll(async () => {
    for (const name of ["claude", "codex", "gemini"] as const) await installProgram(name);
  });

  test("of the built-in loop, claude and codex ends the same elsewhere, without key or server", async () => {
    const recording = await openRecording({ "plan.md": filesPlan });
    const { project, file, env } = recording;
    const clone = cloneOf(project);
    const recorded = await dispatch(project, { how: ["--record", file], env });
    expect(recorded.exitCode, recorded.stderr + recorded.stdout).toBe(0);
    expect(git(project.root, "show", "main:b.txt")).toBe("b");

    const replayed = await expectReplay(clone, recording);
    for (const { events } of [recorded, replayed]) {
      const agents = eventsOfType(events, "agent.started").map(({ role, agent }) => `${role} ${agent}`);
      expect([...new Set(agents)].toSorted()).toEqual(["implement claude", "review codex"]);
    }
    const spent = ({ events }: Ran): unknown =>
      eventsOfType(events, "model.called")
        .map(({ task, role, model, usage }) => JSON.stringify([task, role, model, usage]))
        .toSorted();
    expect(spent(replayed)).toEqual(spent(recorded));

    expect(filesWith(project, "does what the task asks")).toContain(file);
    expect([...filesWith(project, canary), ...filesWith(clone, canary)]).toEqual([]);
  });

  test("from a text that claude plans ends the same elsewhere", async () => {
    const task = (id: string, needs: string[]): object => ({
      id,
      title: `Do ${id}`,
      role: "implement",
      needs,
      touches: [`${id}.txt`],
      acceptance: ["it is there"],
      body: "As the PRD says.",
    });
    const submits = (...tasks: object[]): object => calls({ tool: "submit_plan", title: "Files", tasks });
    const recording = await openRecording(
      { "prd.md": "# Files\n\nTwo files are wanted, one for b and one for c.\n" },
      { planner: [looks, submits(task("b", ["x"])), submits(task("b", []), task("c", ["b"]))] },
    );
    const { project, file, env } = recording;
    const clone = cloneOf(project);
    const recorded = await dispatch(project, { input: "prd.md", how: ["--record", file], env });
    expect(recorded.exitCode, recorded.stderr + recorded.stdout).toBe(0);
    const replayed = await expectReplay(clone, recording, "prd.md");
    const [one, two] = [recorded, replayed].map(({ events }) => eventsOfType(events, "run.started")[0]);
    expect(two?.plan).toEqual(one?.plan);
    expect(two?.planning).toEqual(one?.planning);
  });

  test("is not played for another plan: that ends soon, and names the cassette", async () => {
    const recording = await openRecording({ "plan.md": filesPlan });
    const { project, file, env } = recording;
    const clone = cloneOf(project);
    expect((await dispatch(project, { how: ["--record", file], env })).exitCode).toBe(0);
    commitFiles(clone.root, { "plan.md": planOf({ other: [], others: ["agent: api"] }) });
    const ran = await dispatch(clone, { how: ["--replay", file] });
    expect([1, 3], ran.stderr + ran.stdout).toContain(ran.exitCode);
    expect(eventsOfType(ran.events, "task.merged")).toEqual([]);
    const failed = eventsOfType(ran.events, "attempt.failed");
    expect(failed.length).toBeGreaterThan(0);
    for (const { failure } of failed)
      expect(failure.reason).toContain(`the cassette ${file} has no (more) answer for implement other`);
    expect(eventsOfType(ran.events, "model.called")).toEqual([]);
    await until(() => processesWith(clone.folder).length === 0);
  });

  test("writes over nothing, and plays only what is a cassette", async () => {
    const { project, file, env } = await openRecording({ "plan.md": filesPlan });
    const refused = async (how: string[], words: string | RegExp): Promise<void> => {
      const ran = await dispatch(project, { how, env });
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(2);
      expect(ran.stderr).toMatch(words);
      // Nothing was begun that would stand in the way of the next try.
      expect(git(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
      expect(ran.events).toEqual([]);
    };
    writeFileSync(file, "mine\n");
    await refused(["--record", file], "there is something else already");
    expect(readFileSync(file, "utf8")).toBe("mine\n");
    await refused(["--record", join(project.folder, "no", "x")], /cannot be written: ENOENT/);
    await refused(["--record", project.folder], "there is something else already");
    await refused(["--replay", file], /run\.cassette:1: no JSON/);
    await refused(["--replay", `${file}.none`], /cannot be read: ENOENT/);
    writeFileSync(file, '{"format":1,"agentx":"1.0.0","ru');
    await refused(["--replay", file], "run.cassette:1: the file is empty, or its first line is not whole");
    writeFileSync(file, '{"format":9}\n');
    await refused(["--replay", file], "it has the format 9, and this agentx reads format 1");

    const fresh = `${file}.new`;
    const ran = await dispatch(project, { how: ["--record", fresh], env });
    expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
    const [header, first] = readFileSync(fresh, "utf8").split("\n");
    writeFileSync(file, `${header}\nnot an answer\n${first}\n`);
    const both = await dispatch(cloneOf(project), { how: ["--record", `${fresh}er`, "--replay", fresh] });
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain("either records the models' answers or replays them");
    expect(existsSync(`${fresh}er`)).toBe(false);
    const torn = await dispatch(cloneOf(project), { how: ["--replay", file] });
    expect(torn.exitCode).toBe(2);
    expect(torn.stderr).toContain("run.cassette:2: no JSON");
  });
});
