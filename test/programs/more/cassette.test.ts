import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { cliPrograms } from "../../../src/agents/programs/programs.ts";
import { createCliGuest } from "../../../src/agents/programs/run-cli.ts";
import { createDesk } from "../../../src/agents/guest/desk.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd } from "../../../src/agents/guest/guest.ts";
import { createQuestions } from "../../../src/agents/guest/questions.ts";
import type { ProgramName } from "../../../src/core/agent-spec.ts";
import type { RequestPrint } from "../../../src/gateway/cassette/cassette.ts";
import { openCassette } from "../../../src/gateway/cassette/open-cassette.ts";
import { printRequest } from "../../../src/gateway/cassette/print-request.ts";
import { readCassette } from "../../../src/gateway/cassette/read-cassette.ts";
import { createUpstream } from "../../../src/gateway/create-upstream.ts";
import type { GatewayApi, GatewayModel, Upstream } from "../../../src/gateway/upstream.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { aGateway } from "../../gateway/a-gateway.ts";
import { startModelServer } from "../../model-server/server.ts";
import type { ServerTurn } from "../../model-server/types.ts";
import { describeSandboxed, specFor } from "../../sandbox/support.ts";
import { installProgram } from "../../support/npm-program.ts";

const key = "sk-canary-0123456789abcdef";

type Case = { program: ProgramName; api: GatewayApi; name: string; shell: (command: string) => ServerTurn };

const description = "a command";
const cases: Case[] = [
  {
    program: "claude",
    api: "anthropic",
    name: "claude-opus-5-5",
    shell: (command) => ({ call: { tool: "Bash", command, description } }),
  },
  {
    program: "codex",
    api: "openai",
    name: "gpt-5.5",
    shell: (cmd) => ({ call: { tool: "exec_command", cmd } }),
  },
  {
    program: "gemini",
    api: "google",
    name: "gemini-2.5-pro",
    shell: (command) => ({ call: { tool: "run_shell_command", command } }),
  },
  {
    program: "opencode",
    api: "openai-chat",
    name: "some-model",
    shell: (command) => ({ call: { tool: "bash", command, description } }),
  },
  {
    program: "pi",
    api: "anthropic",
    name: "claude-opus-5-5",
    shell: (command) => ({ call: { tool: "bash", command } }),
  },
];

describeSandboxed("a recorded run of a real program", () => {
  it.each(cases)("$program does the same in another folder without any server", async (one) => {
    const bin = await installProgram(one.program);
    const folder = await realpath(await mkdtemp(join(tmpdir(), "agentx-tape-")));
    try {
      const file = join(folder, "run.cassette");
      const first = join(folder, "worktrees", "1");
      const server = await startModelServer({
        key,
        reply: ({ messages, toolNames }) => {
          if (toolNames.length === 0) return { say: "A title" };
          const turn = new Set(messages.flatMap(({ toolResults }) => toolResults.map(({ id }) => id))).size;
          if (turn === 0)
            return one.shell(`date; ls -la ${first}; printf 'hello\\n' > ${first}/greeting.txt`);
          if (turn === 1)
            return one.shell("sleep 0.1; date +%s%N > stamp.txt; printf 'again\\n' >> greeting.txt");
          return { say: "Done: greeting.txt." };
        },
      });
      const url = one.api.startsWith("openai") ? `${server.url}/v1` : server.url;
      const model = { id: `p/${one.name}`, provider: "p", name: one.name, api: one.api, baseUrl: url, key };
      const roles = {
        models: { plan: [], research: [], implement: [], review: [], resolve: [] },
        agents: { plan: "api", research: "api", implement: "api", review: "api", resolve: "api" },
      };
      const recorder = { agentx: "1.2.3", run: "run1", settings: roles };
      const recording = openCassette({ type: "record", file }, recorder);
      const recorded = await start(one, { bin, root: first, model, around: recording.around });
      recording.close();
      await server.close();
      expect(recorded).toMatchObject({ end: { type: "done" }, greeting: "hello\nagain\n" });
      expect(await readFile(file, "utf8")).not.toContain(key);

      const replay = openCassette({ type: "replay", file }, recorder);
      const second = join(folder, "elsewhere", "worktrees", "22");
      const model2 = { ...model, baseUrl: "http://127.0.0.1:9", key: "" };
      const replayed = await start(one, { bin, root: second, model: model2, around: replay.around });
      expect(replayed).toMatchObject({ end: { type: "done" }, greeting: "hello\nagain\n" });
      const known = new Set(readCassette(file).answers.map(({ request }) => request.hash));
      // The very same request is found again, not only one that is as long.
      expect(replayed.prints.filter(({ hash }) => !known.has(hash))).toEqual([]);
      expect(replayed.prints.length).toBe(recorded.prints.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

type Start = { bin: string; root: string; model: GatewayModel; around: (upstream: Upstream) => Upstream };

async function start(
  { program, name, api }: Case,
  { bin, root, model, around }: Start,
): Promise<{ end: GuestEnd; greeting: string; prints: RequestPrint[] }> {
  const [home, door] = [`${root}-home`, await mkdtemp(join(tmpdir(), "agentx-d-"))];
  await mkdir(root, { recursive: true });
  await mkdir(home);
  const prints: RequestPrint[] = [];
  const inner = around(createUpstream({ proxyEnv: {} }));
  const upstream: Upstream = (call) => {
    prints.push(printRequest(call));
    return inner(call);
  };
  const file = join(bin, program);
  const guest = createCliGuest(cliPrograms[program], {
    file,
    readOnly: [dirname(dirname(await realpath(bin)))],
  });
  const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, ownNodeFirst: true });
  const sandbox = await provider.open(specFor(root, { readOnly: guest.readOnly, home, door }));
  const session = await aGateway({ upstream }).open({
    listen: { type: "socket", path: join(door, "s") },
    label: "implement greeting",
    paths: { worktree: root, home: sandbox.home },
    models: [model],
    limits: { turns: 100, tokens: null, usd: null },
    usdLeft: () => null,
    ready: async () => {},
    onCall: () => {},
    onProgress: () => {},
    web: false,
    onWithheld: () => {},
    handle: createDesk({
      mayAsk: false,
      questions: createQuestions(),
      takeNotes: () => [],
      onRequest: () => {},
    }),
  });
  try {
    const end = await guest.run({
      sandbox,
      role: "implement",
      system: "You are a worker of agentx.",
      prompt: "Write a greeting.",
      session: null,
      newSession: randomUUID(),
      model: { id: model.id, name, api },
      credentials: "gateway",
      web: false,
      urls: doorUrls(await sandbox.openDoor()),
      env: {},
      readOnly: false,
      takeNotes: () => [],
      onEvent: () => {},
      signal: new AbortController().signal,
    });
    return { end, prints, greeting: await readFile(join(root, "greeting.txt"), "utf8").catch(() => "") };
  } finally {
    await session.close();
    await sandbox.close();
    await rm(door, { recursive: true, force: true });
  }
}
