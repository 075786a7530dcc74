import { expect, test } from "vitest";
import type { ServerTurn } from "../model-server/types.ts";
import { commitFiles, eventsOfType, modelEnv, serveModels, write } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { planOf, wrote } from "./turns.ts";

const plan = planOf({ a: [], b: ["needs: a"] });
const script = { tasks: { a: wrote({ "a.txt": "one\n" }), b: wrote({ "b.txt": "two\n" }) } };

/** Refused for `waitS` seconds. */
const limited = (waitS: number): ServerTurn => ({
  fault: {
    type: "status",
    status: 429,
    code: "insufficient_quota",
    message: "the month is over",
    retryAfter: waitS,
  },
});

test("a rate limit is hammered for hours: one that names its end is waited for, said, left at once with Ctrl-C, resumed, and no attempt", async () => {
  const project = smallProject();
  commitFiles(project.root, { "plan.md": plan });
  let waitS = 7200;
  let refused = 0;
  const { server, env } = await serveModels(project, script, {
    instead: () => {
      refused += 1;
      return refused > 2 ? null : limited(waitS);
    },
  });
  const one = { ...env, OPENAI_API_KEY: "", GEMINI_API_KEY: "" };

  const waiting = project.start(["dispatch", "plan.md", "--yes", "--json"], { env: one });
  await waiting.event("attempt.failed");
  const status = await project.agentx(["status"]);
  const json = await project.agentx(["status", "--json"]);
  const began = performance.now();
  waiting.child.kill("SIGINT");
  const left = await waiting.ended;

  expect(performance.now() - began).toBeLessThan(5_000);
  expect(left.exitCode).toBe(130);
  expect(status.stdout).toMatch(
    /! anthropic is left alone until \d{4}-\d\d-\d\d \d\d:\d\d: .*the month is over/s,
  );
  expect(JSON.parse(json.stdout)).toMatchObject({
    pauses: [{ provider: "anthropic" }],
    questions: [],
    tasks: [{ state: "pending", attempts: 0 }, { state: "pending" }],
  });
  const [pause] = eventsOfType(left.events, "provider.paused");
  expect((pause?.until ?? 0) - (pause?.at ?? 0)).toBeGreaterThan(7_100_000);

  // The second refusal is short: the run goes on by itself, and says so in plain lines.
  waitS = 1;
  const ran = await project.agentx(["resume", "--plain"], { env: one });
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toMatch(/run +anthropic is left alone until/);
  expect(ran.stderr).toMatch(/run +anthropic may be asked again/);
  expect(ran.stderr).not.toContain("attempt 2");
  expect(server.calls().filter(({ body }) => body.includes('id=\\"a\\" role=\\"implement\\"'))).toHaveLength(
    4,
  );
});

test("where the role has another provider that one goes on, and the paused one is not asked again", async () => {
  const project = smallProject();
  write(project.root, {
    "agentx.yaml": `gates: { check: sh check.sh }
models: { implement: [anthropic/claude-opus-5-5, openai/gpt-5.5], review: google/gemini-3.8-flash }
`,
  });
  commitFiles(project.root, { "plan.md": plan });
  const { server } = await serveModels(project, script, {
    instead: ({ provider }) => (provider === "anthropic" ? limited(7200) : null),
  });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env: modelEnv(server.url) });

  expect(ran.exitCode).toBe(0);
  expect(server.calls().filter(({ provider }) => provider === "anthropic")).toHaveLength(1);
  expect(eventsOfType(ran.events, "model.left")).toHaveLength(1);
  expect(eventsOfType(ran.events, "provider.paused")).toHaveLength(1);
  expect(eventsOfType(ran.events, "attempt.failed")).toEqual([]);
});
