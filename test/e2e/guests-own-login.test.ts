import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { commitFiles, eventsOfType, git, type Project, serveModels, write } from "./project.ts";
import { serve } from "../sandbox/egress/support.ts";
import { smallProject } from "./small-run.ts";
import { approval, planOf } from "./turns.ts";
import { systemPath } from "../support/npm-install.ts";

const args = ["dispatch", "plan.md", "--yes", "--json"];
const login = '{"claudeAiOauth":{"accessToken":"old","refreshToken":"r1"}}';
const renewed = '{"claudeAiOauth":{"accessToken":"new","refreshToken":"r2"}}';

/** Speaks as Claude Code does with a login of its own: wants it, renews it, and tells what it used. */
const fakeClaude = `#!/bin/sh
read -r prompt
login="$HOME/.claude/.credentials.json"
end() { printf '%s\\n' "{\\"type\\":\\"result\\",\\"subtype\\":\\"success\\",\\"is_error\\":$1,\\"result\\":\\"$2\\",\\"permission_denials\\":[],\\"model_usage_since_last_result\\":$3}"; }
printf '%s\\n' '{"type":"system","subtype":"init","session_id":"6f1c3a52-93a3-4b4c-8b53-000000000001"}'
if ! test -s "$login"; then end true 'Not logged in. Please run /login' '{}'; exit 1; fi
grep -q '"accessToken":"old"' "$login" && echo "had its login" > a.txt
echo "key=\${ANTHROPIC_API_KEY-none} address=\${ANTHROPIC_BASE_URL-none}" >> a.txt
test -z "$LISTED" || echo "$(curl -sf --noproxy '' "$LISTED") $(curl -sf --noproxy '' "$CLOSED" || echo closed)" >> a.txt
printf '%s' '${renewed}' > "$login"
printf '%s\\n' '{"type":"assistant","message":{"model":"claude-opus-5-5","content":[{"type":"text","text":"a.txt is there"}]}}'
end false 'a.txt is there' '{"claude-opus-5-5":{"inputTokens":1200,"outputTokens":34,"cacheReadInputTokens":5,"cacheCreationInputTokens":6,"costUSD":0.25}}'
`;

async function ownLogin(programs: object): Promise<{ project: Project; env: Record<string, string> }> {
  const config = { gates: { check: "sh check.sh" }, agents: { implement: "claude" }, programs };
  const project = smallProject({ "agentx.yaml": stringify(config) });
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  write(project.folder, { "bin/claude": fakeClaude });
  chmodSync(join(project.folder, "bin/claude"), 0o755);
  project.env["PATH"] = [dirname(process.execPath), join(project.folder, "bin"), systemPath()].join(
    delimiter,
  );
  return { project, env: (await serveModels(project, { tasks: { a: { review: [approval] } } })).env };
}

const own = { claude: { credentials: "own" } };

test("a program with its own login gets that and no key; it comes back renewed, and its usage is what it says", async () => {
  await using listed = await serve((_, response) => response.end("listed"));
  await using other = await serve((_, response) => response.end("other"));
  const [LISTED = "", CLOSED = ""] = [listed, other].map(({ port }) => `http://localhost:${port}`);
  const network = [`localhost:${listed.port}`];
  const { project, env } = await ownLogin({
    claude: { credentials: "own", network, env: { LISTED, CLOSED } },
  });
  write(project.folder, { "home/.claude/.credentials.json": login });

  const ran = await project.agentx(args, { env });

  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:a.txt")).toBe("had its login\nkey=none address=none\nlisted closed");
  expect([listed.hits(), other.hits()]).toEqual([1, 0]);
  expect(readFileSync(join(project.folder, "home/.claude/.credentials.json"), "utf8")).toBe(renewed);
  expect(readdirSync(join(project.folder, "home/.claude"))).toEqual([".credentials.json"]);
  expect(eventsOfType(ran.events, "agent.started")).toMatchObject([{ agent: "claude", credentials: "own" }]);
  const called = eventsOfType(ran.events, "model.called").filter(({ role }) => role === "implement");
  expect(called).toMatchObject([
    {
      model: "anthropic/claude-opus-5-5",
      usd: 0.25,
      usage: { inputTokens: 1200, outputTokens: 34, cacheReadTokens: 5, cacheWriteTokens: 6 },
    },
  ]);
  const [run] = eventsOfType(ran.events, "run.started");
  const report = readFileSync(join(project.root, ".agentx", "runs", run?.run ?? "", "report.md"), "utf8");
  expect(report).toContain("its own login");
  expect(ran.stdout).not.toContain("refreshToken");
});

test("without a login the run is held and says to log in, and goes on once that is done", async () => {
  const { project, env } = await ownLogin(own);

  const held = await project.agentx(args, { env });

  expect(held.exitCode, held.stdout).toBe(3);
  expect(eventsOfType(held.events, "attempt.failed")).toMatchObject([{ failure: { kind: "provider" } }]);
  expect(eventsOfType(held.events, "question.asked")).toMatchObject([{ question: { kind: "provider" } }]);
  expect((await project.agentx(["questions"])).stdout.replaceAll(/\s+/g, " ")).toContain(
    "log in with claude",
  );

  write(project.folder, { "home/.claude/.credentials.json": login });
  await project.agentx(["answer", "1", "try again"]);
  const ran = await project.agentx(["resume", "--json"], { env });
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:a.txt")).toContain("had its login");
});

test("a program that is gone when the run is resumed is asked for, and the run goes on when it is back", async () => {
  const { project, env } = await ownLogin(own);
  const claude = join(project.folder, "bin/claude");
  expect((await project.agentx(args, { env })).exitCode).toBe(3);
  write(project.folder, { "home/.claude/.credentials.json": login });
  await project.agentx(["answer", "1", "try again"]);
  renameSync(claude, `${claude}.away`);

  const gone = await project.agentx(["resume", "--json"], { env });

  expect(gone.exitCode, gone.stderr + gone.stdout).toBe(3);
  const [asked] = eventsOfType(gone.events, "question.asked");
  expect(asked?.question.text).toContain("there is no such program on PATH");
  expect(asked?.question.text).toContain("npm install -g @anthropic-ai/claude-code");

  renameSync(`${claude}.away`, claude);
  await project.agentx(["answer", String(asked?.question.id), "try again"]);
  const ran = await project.agentx(["resume", "--json"], { env });
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(git(project.root, "show", "main:a.txt")).toContain("had its login");
  rmSync(claude);
});
