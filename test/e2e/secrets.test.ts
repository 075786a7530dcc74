import { expect, test } from "vitest";
import type { Script } from "../../src/models/script.ts";
import type { ModelServer } from "../model-server/server.ts";
import { leaksOf, reachableFrom } from "./leaks.ts";
import { commitFiles, eventsOfType, git, type Project, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, calls, finishes, lastWords, planOf, requestsFor, writes } from "./turns.ts";

/** The key that agentx itself uses: a slash, a plus and a quote make its forms differ. */
const canary = 'sk-canary-4711/Zq+"x~9Kp';
const dispatch = ["dispatch", "plan.md", "--yes", "--json"];

type Parts = Script["tasks"];

/** All that a vendor was sent, but for the header that holds the key. */
function bodies(server: ModelServer): string {
  return server
    .calls()
    .map(({ body }) => body)
    .join("\n");
}

async function projectWith(
  a: Parts[string],
  files: Record<string, string> = {},
): Promise<{
  project: Project;
  env: Record<string, string>;
  serving: Awaited<ReturnType<typeof serveModels>>;
}> {
  const project = smallProject(files);
  commitFiles(project.root, { "plan.md": planOf({ a: [] }) });
  const serving = await serveModels(project, { tasks: { a } });
  return { project, serving, env: { ...serving.env, ANTHROPIC_API_KEY: canary } };
}

/** Prints what may hold a key, as it is and as one would hide it; grep leaves little, so that nothing is cut. */
const looksAround = [
  "env",
  "tr '\\0' '\\n' < /proc/$PPID/environ",
  "grep -zah KEY /proc/[0-9]*/environ | tr '\\0' '\\n'",
  "grep -zah ANTHROPIC_API_KEY /proc/[0-9]*/environ | base64",
  "grep -zah ANTHROPIC_API_KEY /proc/[0-9]*/environ | od -An -v -tx1 | tr -d ' \\n'",
  "ps axwwe | grep KEY",
  "cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
  'grep -rhs canary "$HOME" .. | head -c 2000',
  // The end of a long output is shown for certain, and other processes of this machine may have many keys.
  "grep -zah 'canary-471[1]' /proc/[0-9]*/environ | head -c 300",
  "true",
].join("; ");

const curious: Parts[string] = {
  implement: [
    calls({ tool: "shell", command: `(${looksAround}) 2>/dev/null` }),
    { ...writes({ "a.txt": "one\n" }), say: "I looked around." },
    finishes(),
  ],
  review: [approval],
};

test.each([
  ["in the sandbox nothing of it is there", []],
  ["and without one it is left out of everything", ["--unsafe-no-sandbox"]],
])("a worker and a gate that print all they can reach do not get the key out: %s", async (_, flags) => {
  const gate = { "check.sh": `(${looksAround}) 2>/dev/null\ntest ! -e broken\n` };
  const { project, serving, env } = await projectWith(curious, gate);

  const ran = await project.agentx([...dispatch, "--verbose", ...flags], { env });
  const log = await project.agentx(["log", "a"], { env });

  expect(ran.exitCode).toBe(0);
  const told = requestsFor(serving.server, "a").map(lastWords).join("\n");
  expect(told.includes("[redacted ANTHROPIC_API_KEY]")).toBe(flags.length > 0);
  expect(bodies(serving.server)).not.toContain("canary-4711");
  expect(log.stdout).toContain("I looked around.");
  expect(leaksOf(canary, { project, ran: [ran, log] })).toEqual([]);
});

test("a key that the person lets slip in a note reaches nobody, and a worker's echo of it is not kept", async () => {
  const echo = `I was told ${canary}, ${Buffer.from(canary).toString("base64")}.`;
  const { project, serving, env } = await projectWith({
    implement: [
      { ...calls({ tool: "list", path: "." }), pauseMs: 2500 },
      { ...calls({ tool: "shell", command: `echo '${canary}'` }), say: echo },
      writes({ "a.txt": "one\n" }),
      finishes(echo),
    ],
    review: [approval],
  });
  const started = project.start(dispatch, { env });
  await started.event("attempt.started");

  // This terminal does not know the key: only the dispatcher can tell.
  const note = await project.agentx(["note", "a", `the key is ${canary}`]);
  await started.event("note.added");
  const ran = await started.ended;
  const log = await project.agentx(["log", "a"]);

  expect([note.exitCode, ran.exitCode]).toEqual([0, 0]);
  const told = requestsFor(serving.server, "a").map(lastWords).join("\n");
  expect(told).toContain("Note from the person: the key is [redacted ANTHROPIC_API_KEY]");
  expect(bodies(serving.server)).not.toContain("canary-4711");
  expect(log.stdout).toContain("I was told [redacted ANTHROPIC_API_KEY], [redacted ANTHROPIC_API_KEY]");
  expect(leaksOf(canary, { project, ran: [ran, log] })).toEqual([]);
});

const awsKey = `AK${"IA"}Q7ZT5NBXW2KDLM4H`;

/** Put together by the command: what the model itself writes has no key of the run's in it by then. */
const printsKey = `printf 'one\\nkey = %s%s\\n' '${canary.slice(0, 12)}' '${canary.slice(12)}' > a.txt`;

test.each([
  ["a key of a service", writes({ "a.txt": `one\nkey = "${awsKey}"\n` }), "AWS access key"],
  ["the run's own key", calls({ tool: "shell", command: printsKey }), "ANTHROPIC_API_KEY"],
])("a change that adds %s is held, and lands once it is out", async (_, adding, kind) => {
  const taken = writes({ "a.txt": "one\nkey = env.KEY\n" });
  const implement = [adding, finishes(), taken, finishes("It is out.")];
  const { project, serving, env } = await projectWith({ implement, review: [approval] });

  const ran = await project.agentx(dispatch, { env });

  expect(ran.exitCode).toBe(0);
  const failures = eventsOfType(ran.events, "attempt.failed").map(({ failure }) => failure);
  expect(failures).toMatchObject([{ kind: "agent" }]);
  const finding = `a.txt:2: adds a secret (${kind})`;
  expect(failures[0]?.reason).toContain(finding);
  expect(requestsFor(serving.server, "a").map(lastWords).join("\n")).toContain(finding);
  const refs = git(project.root, "for-each-ref", "--format=%(refname)").split("\n");
  expect(refs.some((ref) => ref.endsWith("/integration"))).toBe(true);
  for (const ref of refs) {
    const held = reachableFrom(project.root, ref);
    for (const secret of [awsKey, "canary-4711"]) expect(held).not.toContain(secret);
  }
  expect(ran.stdout + ran.stderr).not.toContain("canary-4711");
  expect(ran.stdout).not.toContain(awsKey);
  expect(project.read("a.txt")).toBe("one\nkey = env.KEY\n");
});

test("a change that keeps its secret is asked about after the last attempt, and nothing of it lands", async () => {
  const { project, env } = await projectWith(
    {
      implement: [writes({ "a.txt": `one ${awsKey}\n` }), finishes(), finishes("I keep it.")],
      review: [approval],
    },
    { "agentx.yaml": "gates:\n  check: sh check.sh\nmaxAttempts: 2\n" },
  );
  const ran = await project.agentx(dispatch, { env });

  expect(ran.exitCode).toBe(3);
  const [asked] = eventsOfType(ran.events, "question.asked");
  expect(asked?.question).toMatchObject({ kind: "attempts", task: "a" });
  expect(asked?.question.text).toContain("a.txt:1: adds a secret (AWS access key)");
  expect(ran.stdout).not.toContain(awsKey);
});

test("what stood on the base is not the worker's, and fixtures may hold what looks like a secret", async () => {
  const { project, env } = await projectWith(
    {
      implement: [
        writes({
          "old.txt": `moved = "${awsKey}" # now here\n`,
          "test/fixtures/deep/key.txt": `ghp_${"aB3dE5fG7h".repeat(4).slice(0, 36)}\n`,
        }),
        finishes(),
      ],
      review: [approval],
    },
    {
      "old.txt": `key = "${awsKey}"\n`,
      "agentx.yaml": 'gates:\n  check: sh check.sh\nsecrets:\n  allow: ["test/fixtures/**"]\n',
    },
  );
  const ran = await project.agentx(dispatch, { env });
  expect(ran.exitCode).toBe(0);
  expect(eventsOfType(ran.events, "attempt.failed")).toEqual([]);
  expect(project.read("old.txt")).toContain("moved");
});
