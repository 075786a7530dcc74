import { beforeAll, describe, expect, test } from "vitest";
import { eventsOfType, git, type Project, write } from "../e2e/project.ts";
import { kill } from "../e2e/killed.ts";
import { processesWith, until } from "../support/processes.ts";
import { installProgram } from "../support/npm-program.ts";
import type { NormalisedRequest, ServerTurn } from "../model-server/types.ts";
import { guestProject, type GuestSetup, serveGuests } from "./guest-project.ts";

const plan = "# Greeting\n\n## Tasks\n\n- [ ] Say hello `#hello`\n";

const approves = { tool: "submit_verdict", verdict: "approve", summary: "does it", findings: [] };
const writesHello = { call: { tool: "write", path: "hello.txt", content: "hello\n" } };
const finishes = { call: { tool: "finish", note: "hello.txt says hello" } };

function scriptOf(implement: object[]): object {
  return { tasks: { hello: { implement, review: [{ call: approves }] } } };
}

/** Is it one of the worker's own turns, and not a side call or the reviewer's? */
function isWork({ toolNames, messages }: NormalisedRequest): boolean {
  const first = messages.find(({ role, text }) => role === "user" && text.includes("<task "));
  return toolNames.length > 0 && first !== undefined && first.text.includes('role="implement"');
}

/**
 * What a worker's conversation begins with. Where a program's session cannot be gone on with, that is the account of what
 * was before: Gemini CLI 0.61 sends each tool's result twice when it resumes, and is refused.
 */
function toldAfresh(request: NormalisedRequest): string {
  const first = request.messages.find(({ role, text }) => role === "user" && text.includes("<task "));
  return isWork(request) ? (first?.text ?? "") : "";
}

function countTurns({ messages }: NormalisedRequest): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** Puts faults in front of the first worker's calls, one after another; null lets a call through. */
function faultsFirst(
  faults: (ServerTurn["fault"] | null)[],
): (request: NormalisedRequest) => ServerTurn | null {
  const left = [...faults];
  return (request) => {
    const fault = isWork(request) ? left.shift() : null;
    return fault ? { fault } : null;
  };
}

function merged(project: Project, path: string): string {
  return git(project.root, "show", `main:${path}`);
}

type Served = { project: Project } & Awaited<ReturnType<typeof serveGuests>>;

/** Everything that every agent program has to hold, in whole dispatches with the real one. */
export function describeDispatches(setup: GuestSetup, { brief = false }: { brief?: boolean } = {}): void {
  describe(`${setup.agent} as a worker`, () => {
    beforeAll(async () => {
      for (const name of setup.install) await installProgram(name);
    });

    type Serving = Parameters<typeof serveGuests>[2] & { settings?: Record<string, unknown> };
    const dispatched = async (
      implement: object[],
      { settings, ...options }: Serving = {},
    ): Promise<Served> => {
      const project = await guestProject(setup, settings);
      write(project.root, { "plan.md": plan });
      return { project, ...(await serveGuests(project, scriptOf(implement), options)) };
    };
    const args = ["dispatch", "plan.md", "--yes", "--json"];
    const isGone = (project: Project): Promise<void> =>
      until(() => processesWith(project.folder).length === 0);

    test("asks, goes on with the answer, mends a red gate, and its edit lands", async () => {
      const turns = [
        { call: { tool: "ask", question: "Which greeting?" } },
        { calls: [writesHello.call, { tool: "write", path: "broken", content: "x" }] },
        { call: { tool: "finish", note: "done" } },
        { call: { tool: "shell", command: "rm broken" } },
        finishes,
      ];
      const { project, env, server } = await dispatched(turns, {
        instead: (request) => {
          const told = toldAfresh(request);
          const from = told.includes("did not pass the gates")
            ? 3
            : told.includes("the short one")
              ? 1
              : null;
          return from === null ? null : (turns[from + countTurns(request)] ?? null);
        },
      });
      const asked = await project.agentx(args, { env });
      expect(asked.exitCode, asked.stdout).toBe(3);
      const [question] = eventsOfType(asked.events, "question.asked");
      expect(question?.question).toMatchObject({ text: "Which greeting?", task: "hello", kind: "worker" });
      await isGone(project);
      await project.agentx(["answer", "1", "the short one"], { env });
      const ran = await project.agentx(["resume", "--json"], { env });
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
      expect(merged(project, "hello.txt")).toBe("hello");
      const gates = eventsOfType(ran.events, "gates.finished").filter(({ on }) => on === "task");
      expect(gates.map(({ verdicts }) => verdicts[0]?.type)).toEqual(["failed", "passed"]);
      const bodies = server.calls().map(({ body }) => body);
      expect(bodies.some((body) => body.includes("the short one"))).toBe(true);
      expect(bodies.some((body) => body.includes("broken is there"))).toBe(true);
      const [started] = eventsOfType(asked.events, "agent.started");
      expect(started).toMatchObject({ agent: setup.agent, credentials: "gateway" });
      expect([...asked.events, ...ran.events].filter(({ type }) => type === "tools.withheld")).toEqual([]);
      const reviews = eventsOfType(ran.events, "review.finished");
      expect(reviews.map(({ verdict }) => verdict.type)).toEqual(["approved"]);
      expect(eventsOfType(ran.events, "model.called").every(({ usd }) => usd !== null && usd > 0)).toBe(true);
      await isGone(project);
    });

    test("loses nothing but time to a rate limit, an overload and a stream cut in the middle", async () => {
      const instead = faultsFirst([
        { type: "status", status: 429, retryAfter: 1 },
        { type: "status", status: 529 },
        { type: "cut", afterBytes: 200 },
      ]);
      const { project, env } = await dispatched([writesHello, finishes], { instead });
      const ran = await project.agentx(args, { env });
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
      expect(merged(project, "hello.txt")).toBe("hello");
      expect(ran.stdout).toContain("rate limited");
    });

    test("ends with a dispatcher that is killed, and the run is resumed to its end", async () => {
      const { project, env, server } = await dispatched([writesHello, { ...finishes, pauseMs: 3000 }]);
      const started = project.start(args, { env });
      await until(() => server.calls().filter(isWork).length === 2);
      await kill(project, started);
      const ran = await project.agentx(["resume", "--json"], { env });
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
      expect(merged(project, "hello.txt")).toBe("hello");
    });

    if (brief) return;

    test("says that its key was refused, holds the run, and goes on with a key that is valid", async () => {
      const { project, env, server } = await dispatched([writesHello, finishes], { key: "right-key" });
      const ran = await project.agentx(args, { env });
      expect(ran.exitCode, ran.stdout).toBe(3);
      const [failed] = eventsOfType(ran.events, "attempt.failed");
      expect(failed?.failure.kind).toBe("provider");
      expect(`${failed?.failure.reason} ${failed?.failure.hint}`).toMatch(/_API_KEY/);
      expect(eventsOfType(ran.events, "question.asked")[0]?.question.kind).toBe("provider");
      // The gateway does not ask again what was refused; the program may, a few times.
      expect(server.calls().length).toBeLessThanOrEqual(6);
      const keys = Object.keys(env).filter((name) => name.endsWith("_KEY"));
      const right = { ...env, ...Object.fromEntries(keys.map((name) => [name, "right-key"])) };
      const resumed = await project.agentx(["resume", "--json"], { env: right });
      expect(resumed.exitCode, resumed.stderr + resumed.stdout).toBe(0);
      expect(merged(project, "hello.txt")).toBe("hello");
    });

    test("stops at the run's budget within one call, and goes on when it is raised", async () => {
      const { project, env } = await dispatched([writesHello, finishes], {
        settings: { budget: { run: 0.000_01 } },
      });
      const ran = await project.agentx(args, { env });
      expect(ran.exitCode, ran.stdout).toBe(3);
      expect(eventsOfType(ran.events, "model.called")).toHaveLength(1);
      expect(eventsOfType(ran.events, "question.asked")[0]?.question.kind).toBe("budget");
      await project.agentx(["answer", "1", "10"], { env });
      const resumed = await project.agentx(["resume", "--json"], { env });
      expect(resumed.exitCode, resumed.stderr + resumed.stdout).toBe(0);
      expect(merged(project, "hello.txt")).toBe("hello");
    });

    test("is stopped when its model hangs, and tried again", async () => {
      const instead = faultsFirst([{ type: "hang", afterBytes: 0 }]);
      const { project, env } = await dispatched([writesHello, finishes], {
        instead,
        settings: { limits: { stall: "6s" } },
      });
      const ran = await project.agentx(args, { env });
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
      expect(eventsOfType(ran.events, "attempt.failed").map(({ failure }) => failure.kind)).toEqual([
        "stall",
      ]);
      expect(merged(project, "hello.txt")).toBe("hello");
    });

    test("is gone soon after its task is canceled", async () => {
      const { project, env, server } = await dispatched([{ ...writesHello, pauseMs: 60_000 }]);
      const started = project.start(args, { env });
      await until(() => server.calls().some(isWork));
      await project.agentx(["cancel", "hello"], { env });
      const ran = await started.ended;
      expect(ran.exitCode).toBe(1);
      await isGone(project);
    });
  });
}
