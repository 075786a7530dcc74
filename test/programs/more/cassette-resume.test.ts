import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { kill, outcomeOf } from "../../e2e/killed.ts";
import { eventsOfType, git } from "../../e2e/project.ts";
import { until } from "../../support/processes.ts";
import { asks, finishes, planOf, writes } from "../../e2e/turns.ts";
import type { NormalisedRequest } from "../../model-server/types.ts";
import { installProgram } from "../../support/npm-program.ts";
import { partOf } from "../mixed-run.ts";
import { cloneOf, dispatch, expectReplay, openRecording } from "../recording.ts";

/** They go on otherwise after an interruption: in a session that grows by it, or told afresh. */
const workers = ["claude", "codex", "gemini"] as const;

function isWorkOf(task: string): (request: NormalisedRequest) => boolean {
  return (request) => {
    const part = partOf(request);
    return request.toolNames.length > 0 && part.task === task && part.role === "implement";
  };
}

describe("a dispatch that is recorded", () => {
  beforeAll(async () => {
    for (const name of workers) await installProgram(name);
  });

  test.each(workers)(
    "and killed under %s goes on in the same file when it is resumed, and is played to the same end",
    async (worker) => {
      let hangs = true;
      const recording = await openRecording(
        { "plan.md": planOf({ a: ["agent: api"], b: [] }) },
        {
          worker,
          instead: (request) => {
            const isSecond = request.messages.filter(({ role }) => role === "assistant").length === 1;
            const isHere = hangs && isWorkOf("b")(request) && isSecond;
            return isHere ? { fault: { type: "hang", afterBytes: 0 } } : null;
          },
        },
      );
      const { project, file, env, server } = recording;
      const clone = cloneOf(project);
      const started = project.start(["dispatch", "plan.md", "--yes", "--json", "--record", file], { env });
      await until(() => server.calls().filter(isWorkOf("b")).length === 2);
      await until(() => eventsOfType(started.said().events, "task.merged").length === 1);
      const before = readFileSync(file, "utf8");
      await kill(project, started);
      hangs = false;
      const resumed = await project.agentx(["resume", "--json"], { env });
      expect(resumed.exitCode, resumed.stderr + resumed.stdout).toBe(0);
      const after = readFileSync(file, "utf8");
      expect(after.startsWith(before)).toBe(true);
      expect(after.length).toBeGreaterThan(before.length);
      await expectReplay(clone, recording);
    },
  );

  test.each(workers)(
    "and has a question of %s asks it again, and ends the same with the same answer",
    async (worker) => {
      const recording = await openRecording(
        { "plan.md": planOf({ b: [] }) },
        {
          worker,
          instead: (request) => {
            if (!isWorkOf("b")(request)) return null;
            if (!request.body.includes("The person answers")) return asks("Which letter?");
            const turn = request.messages.flatMap(({ toolCalls }) => toolCalls).length;
            return turn < 2 ? writes({ "b.txt": "b\n" }) : finishes("b.txt");
          },
        },
      );
      const { project, file, env } = recording;
      const clone = cloneOf(project);
      const asked = await dispatch(project, { how: ["--record", file], env });
      expect(asked.exitCode, asked.stderr + asked.stdout).toBe(3);
      await project.agentx(["answer", "1", "b"]);
      const resumed = await project.agentx(["resume", "--json"], { env });
      expect(resumed.exitCode, resumed.stderr + resumed.stdout).toBe(0);
      expect(git(project.root, "show", "main:b.txt")).toBe("b");
      await recording.server.close();
      const again = await dispatch(clone, { how: ["--replay", file] });
      expect(again.exitCode, again.stderr + again.stdout).toBe(3);
      expect(eventsOfType(again.events, "question.asked")[0]?.question.text).toBe("Which letter?");
      await clone.agentx(["answer", "1", "b"]);
      const ended = await clone.agentx(["resume", "--json"]);
      expect(ended.exitCode, ended.stderr + ended.stdout).toBe(0);
      expect(await outcomeOf(clone)).toEqual(await outcomeOf(project));
    },
  );
});
