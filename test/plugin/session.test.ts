import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { NormalisedRequest, ServerTurn } from "../model-server/types.ts";
import { openHost, root, type Host, type HostLine } from "./host.ts";

const plan = `# A greeting

Somebody who opens hello.txt is greeted.

## Tasks

- [ ] Write the greeting \`#greet\`
  - touches: hello.txt
  - accept: hello.txt greets
`;

const question = "Which words should greet?";

const workerScript = `tasks:
  greet:
    implement:
      - call: { tool: ask, question: "${question}", options: [Hello, Good morning] }
      - call: { tool: write, path: hello.txt, content: "Good morning\\n" }
      - call: { tool: finish, note: Greets as the person wished. }
    review:
      - call: { tool: submit_verdict, verdict: approve, summary: It greets., findings: [] }
`;

let host: Host;
let server: ModelServer;
let repository: string;

beforeAll(async () => {
  host = await openHost();
  repository = join(host.folder, "repository");
  mkdirSync(repository);
  writeFileSync(join(host.folder, "worker.yaml"), workerScript);
  writeFileSync(join(repository, "plan.md"), plan);
  writeFileSync(
    join(repository, "agentx.yaml"),
    "gates:\n  test: test ! -e hello.txt || grep -q . hello.txt\n",
  );
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "The wish");
  server = await startModelServer({ reply: hostTurn });
}, 300_000);

afterAll(async () => {
  await server.close();
  await host.close();
});

function git(...args: string[]): string {
  const person = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  return execFileSync("git", [...person, ...args], { cwd: repository, encoding: "utf8" });
}

/** The host's model: it does what the skill says, and reads off the conversation how far it is. */
const hostTurns: ((request: NormalisedRequest) => ServerTurn)[] = [
  () => ({ call: { tool: "Skill", skill: "agentx:agentx" } }),
  () => inBackground("agentx dispatch plan.md --yes --plain --model scripted/../worker.yaml"),
  () => ({ say: "It runs." }),
  () => bash("agentx questions --json"),
  (request) => ({ say: `It asks: ${match(lastResult(request), /"text":\s*"([^"]*)"/)}` }),
  () => bash('agentx answer 1 "Good morning"'),
  () => inBackground("agentx resume --plain"),
  () => ({ say: "It goes on." }),
  () => bash("agentx status --json"),
  (request) => {
    const run = match(lastResult(request), /"run":\s*"([^"]*)"/);
    return { call: { tool: "Read", file_path: join(repository, `.agentx/runs/${run}/report.md`) } };
  },
  (request) => ({ say: `Result: ${match(lastResult(request), /(Run .* 1 merged)/)}` }),
];

function hostTurn(request: NormalisedRequest): ServerTurn {
  if (request.toolNames.length === 0) return { say: "ok" };
  const said = request.messages.filter(({ role }) => role === "assistant").length;
  return hostTurns[said]?.(request) ?? { say: `There is no turn ${said}.` };
}

function bash(command: string): ServerTurn {
  return { call: { tool: "Bash", command, description: "agentx" } };
}

function inBackground(command: string): ServerTurn {
  return { call: { tool: "Bash", command, description: "agentx", run_in_background: true } };
}

function lastResult({ messages }: NormalisedRequest): string {
  return messages.findLast(({ role }) => role === "tool")?.toolResults.at(-1)?.text ?? "";
}

function match(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? `(nothing like ${pattern.source} in: ${text})`;
}

/** What the person types, once, in a session with the plugin and the one permission that it needs. */
async function type(prompt: string, ...more: string[]): Promise<HostLine[]> {
  const print = ["-p", prompt, "--output-format", "stream-json", "--verbose"];
  const plugin = ["--plugin-dir", root, "--allowedTools", "Bash(agentx:*)"];
  const { exitCode, lines, text } = await host.claude([...print, ...plugin, ...more], {
    cwd: repository,
    modelUrl: server.url,
  });
  expect(exitCode, text).toBe(0);
  const last = lines.findLast(({ type: kind }) => kind === "result");
  expect(last, text).toMatchObject({ is_error: false, permission_denials: [] });
  return lines;
}

test("a Claude Code session dispatches, brings the question to the person, takes the answer back and shows what was merged", async () => {
  const first = await type("Carry out plan.md with agentx.");
  const skills = first[0]?.skills ?? [];
  expect(skills.filter((name) => name.includes("agentx"))).toEqual(["agentx:agentx"]);
  expect(server.calls()[0]?.body).toContain(`- agentx:agentx: ${describedAs()}`);
  expect(first.at(-1)?.result).toBe(`It asks: ${question}`);
  expect(notifications()).toEqual([expect.stringContaining("exit code 3")]);
  expect(git("ls-tree", "--name-only", "main")).not.toContain("hello.txt");

  const second = await type("Good morning, please.", "--resume", first[0]?.session_id ?? "");
  expect(second.at(-1)?.result).toMatch(/^Result: Run .* 1 merged$/);
  expect(notifications()[1]).toContain("exit code 0");
  expect(git("show", "main:hello.txt")).toBe("Good morning\n");
  expect(host.strayRequests).toEqual([]);
});

test("the deny rule of docs/claude-code.md holds back a run without walls, and nothing else", async () => {
  const deny = "Bash(*--unsafe-no-sandbox*)";
  expect(readFileSync(join(root, "docs/claude-code.md"), "utf8")).toContain(
    `\`${deny}\` | \`permissions.deny\``,
  );
  for (const [command, denied] of [
    ["agentx dispatch plan.md --yes --unsafe-no-sandbox", 1],
    ["agentx --version", 0],
  ] as const) {
    await using model = await serveOnce(command);
    const rules = ["--allowedTools", "Bash(agentx:*)", "--disallowedTools", deny];
    const { lines } = await host.claude(
      ["-p", "Go on.", "--output-format", "stream-json", "--verbose", ...rules],
      { cwd: repository, modelUrl: model.url },
    );
    expect(lines.at(-1)?.permission_denials).toHaveLength(denied);
  }
});

/** A model that calls one command and then has nothing more to say. */
async function serveOnce(command: string): Promise<{ url: string } & AsyncDisposable> {
  const isFirst = (request: NormalisedRequest): boolean =>
    request.messages.every(({ role }) => role !== "assistant");
  const { url, close } = await startModelServer({
    reply: (request) =>
      request.toolNames.length > 0 && isFirst(request) ? bash(command) : { say: "That is all." },
  });
  return { url, [Symbol.asyncDispose]: close };
}

/** What Claude Code told its model about commands that ended in the background. */
function notifications(): string[] {
  const messages = server.calls().at(-1)?.messages ?? [];
  return messages.flatMap(({ text }) => /<summary>(.*)<\/summary>/.exec(text)?.[1] ?? []);
}

function describedAs(): string {
  const skill = readFileSync(join(root, "skills/agentx/SKILL.md"), "utf8");
  return match(skill, /^description: (.*)$/m);
}
