import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RunSettings } from "../../../src/core/run-settings.ts";
import { createRoutedApiAgent } from "../../../src/engine/cassette/routed-api-agent.ts";
import type { Routing } from "../../../src/engine/cassette/routed-models.ts";
import { createUpstream } from "../../../src/gateway/create-upstream.ts";
import type { RecordedRoles } from "../../../src/gateway/cassette/cassette.ts";
import { openCassette, type OpenCassette } from "../../../src/gateway/cassette/open-cassette.ts";
import { keylessProviders } from "../../../src/models/route-providers.ts";
import { type Bench, openBench } from "../../agents/api/a-job.ts";
import { aGateway, clock } from "../../gateway/a-gateway.ts";
import { startModelServer } from "../../model-server/server.ts";
import type { NormalisedRequest, ServerTurn } from "../../model-server/types.ts";
import { protocols } from "../../models/calls.ts";

const key = "sk-canary-0123456789abcdef";
const roles: RecordedRoles = {
  models: { plan: [], research: [], implement: [], review: [], resolve: [] },
  agents: { plan: "api", research: "api", implement: "api", review: "api", resolve: "api" },
};

function cassetteFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentx-cassette-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "run.cassette");
}

function open(type: "record" | "replay", file: string): OpenCassette {
  const cassette = openCassette({ type, file }, { agentx: "1.2.3", run: "run1", settings: roles });
  onTestFinished(() => cassette.close());
  return cassette;
}

function providersAt(url: string): RunSettings["providers"] {
  const keyEnv = "A_KEY";
  return {
    anthropic: { api: "anthropic", baseUrl: url, keyEnv },
    openai: { api: "openai", baseUrl: `${url}/v1`, keyEnv },
    ollama: { api: "openai-chat", baseUrl: `${url}/v1`, keyEnv },
    google: { api: "google", baseUrl: url, keyEnv },
  };
}

function agentWith(
  cassette: OpenCassette,
  more: Pick<Routing, "providers" | "env">,
): ReturnType<typeof createRoutedApiAgent> {
  const upstream = cassette.around(createUpstream({ proxyEnv: {} }));
  const gateway = aGateway({ upstream, ...clock(20) });
  return createRoutedApiAgent({
    ...more,
    gateway: async () => gateway,
    openDirect: () => expect.fail("no scripted model here"),
    retry: { tries: 5, sleep: async () => {}, random: () => 0 },
    now: () => performance.now(),
  });
}

/** Writes a file by its absolute path; before that, a rate limit, and a stream that is cut in the middle. */
function worker(roots: Map<string, string>): (request: NormalisedRequest) => ServerTurn {
  const tries = new Map<string, number>();
  return ({ messages }) => {
    const task = /<task id="(\w+)"/.exec(messages[0]?.text ?? "")?.[1] ?? "";
    const turn = messages.filter(({ role }) => role === "assistant").length;
    const count = (tries.get(`${task} ${turn}`) ?? 0) + 1;
    tries.set(`${task} ${turn}`, count);
    if (turn === 0 && count === 1) return { fault: { type: "status", status: 429, retryAfter: 1 } };
    const turns: ServerTurn[] = [
      {
        say: `I write ${task}.`,
        call: {
          tool: "write",
          path: `${roots.get(task)}/out.txt`,
          content: `${task} in ${roots.get(task)}\n`,
        },
      },
      {
        say: "I look at it.",
        calls: [
          { tool: "read", path: "out.txt" },
          { tool: "shell", command: "date +%s%N; pwd" },
        ],
      },
      { call: { tool: "finish", note: `${task} is done` } },
    ];
    const told = turns[turn] ?? {};
    return turn === 1 && count === 1 ? { ...told, fault: { type: "cut", afterBytes: 150 } } : told;
  };
}

type Told = { note: unknown; file: string; said: unknown; calls: unknown };

async function work(
  agent: ReturnType<typeof createRoutedApiAgent>,
  bench: Bench,
  job: { task: string; model: string },
): Promise<Told> {
  const prompt = `<task id="${job.task}" role="implement" attempt="1">\nDo it.\n</task>`;
  const result = await agent.work({ ...bench.job, ...job, prompt, models: [job.model] });
  const said = bench.messages.flatMap((message) =>
    message.role === "assistant" ? [message.text, message.toolCalls] : [],
  );
  return {
    note: result,
    file: readFileSync(join(bench.root, "out.txt"), "utf8"),
    said: JSON.parse(JSON.stringify(said).replaceAll(bench.root, "{root}")) as unknown,
    calls: bench.calls.map(({ model, usage, usd }) => ({ model, usage, usd })),
  };
}

test.each(protocols)(
  "a recorded job of $id is repeated elsewhere without server, key or wait",
  async ({ id }) => {
    const file = cassetteFile();
    const roots = new Map<string, string>();
    const server = await startModelServer({ reply: worker(roots), key });
    const tasks = ["login", "logout"];
    await using one = await openBench();
    await using two = await openBench();
    const recording = agentWith(open("record", file), {
      providers: providersAt(server.url),
      env: { A_KEY: key },
    });
    const benches = [one, two];
    for (const [at, task] of tasks.entries()) roots.set(task, benches[at]?.root ?? "");
    const recorded = await Promise.all(
      tasks.map((task, at) => work(recording, benches[at] ?? one, { task, model: id })),
    );
    await server.close();
    expect(recorded.map(({ note }) => note)).toEqual(
      tasks.map((task) => ({ type: "finished", note: `${task} is done` })),
    );
    expect(server.calls().length).toBe(10);

    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(key);
    expect(text).not.toContain("You are a worker.");
    const lines = text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line) as { label: string; end: string; status: number });
    for (const task of tasks) {
      const own = lines.filter(({ label }) => label === `implement ${task}`);
      expect(own.map(({ status, end }) => `${status} ${end}`)).toEqual([
        "200 complete",
        "200 cut",
        "200 complete",
        "200 complete",
      ]);
    }

    await using three = await openBench();
    await using four = await openBench();
    const providers = keylessProviders(providersAt(server.url));
    const replaying = agentWith(open("replay", file), { providers, env: {} });
    const again = [];
    // The other order, and one after the other.
    for (const [task, bench] of [
      ["logout", three],
      ["login", four],
    ] as const) {
      again.unshift({ ...(await work(replaying, bench, { task, model: id })), root: bench.root });
    }
    for (const [at, { root, file: written, ...told }] of again.entries()) {
      const { file: before, ...toldBefore } = recorded[at] ?? expect.fail();
      expect(told).toEqual(toldBefore);
      expect(written).toBe(`${tasks[at]} in ${root}\n`);
      expect(before).toBe(`${tasks[at]} in ${roots.get(tasks[at] ?? "")}\n`);
    }
  },
);

test("a job that the cassette does not know ends with the reason, and is not tried for long", async () => {
  const file = cassetteFile();
  open("record", file);
  await using bench = await openBench();
  const agent = agentWith(open("replay", file), { providers: keylessProviders({}), env: {} });
  const result = await agent.work({ ...bench.job, models: ["anthropic/claude-opus-5-5"] });
  expect(result).toMatchObject({
    type: "failed",
    failure: { reason: expect.stringContaining("has no (more) answer for implement cart") as string },
  });
});
