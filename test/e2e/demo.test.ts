import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventOf, EventType, RunEvent } from "../../src/core/event.ts";
import { isGreen } from "../../src/core/verdict.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { Message } from "../../src/models/model.ts";
import { write } from "../git/make-repository.ts";
import { program } from "../support/program.ts";

const around = realpathSync(mkdtempSync(join(tmpdir(), "agentx-demo-test-")));
const home = join(around, "home");
const folder = join(around, "demo");

/** Nobody's HOME, no key, no terminal, and the script's pauses left out. */
const env = { PATH: process.env["PATH"] ?? "", HOME: home, AGENTX_SCRIPT_PACE: "0" };

function agentx(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { cwd: around, env, encoding: "utf8", input: "" });
}

let ran: ReturnType<typeof agentx>;
let events: RunEvent[];

beforeAll(() => {
  mkdirSync(home);
  ran = agentx("demo", folder, "--json");
  events = ran.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RunEvent);
});

afterAll(() => rmSync(around, { recursive: true, force: true, maxRetries: 3 }));

function of<T extends EventType>(type: T, task?: string): (RunEvent & EventOf<T>)[] {
  return events.filter(
    (event): event is RunEvent & EventOf<T> =>
      event.type === type && (task === undefined || ("task" in event && event.task === task)),
  );
}

/** The texts that a task's worker was given, in its first conversation. */
function promptsOf(task: string): string[] {
  const [start] = of("run.started");
  using journal = openJournal({ folder: join(folder, ".agentx"), readOnly: true });
  const thread = of("attempt.started", task)[0]?.thread ?? 0;
  const { messages } = journal.conversation<Message>({ run: start?.run ?? "", task, thread });
  return messages().flatMap((message) => (message.role === "user" ? [message.text] : []));
}

describe("agentx demo", () => {
  test("ends well without a terminal, a key or anything in HOME, and says nothing else in JSON", () => {
    expect(ran.stderr).toBe("");
    expect(ran.status).toBe(0);
    expect(of("run.finished")).toHaveLength(1);
    expect(readdirSync(home)).toEqual([]);
  });

  test("workers work side by side", () => {
    const started = of("attempt.started").filter(({ attempt }) => attempt === 1);
    const handedOver = of("worker.finished").map(({ seq }) => seq);
    const first = Math.min(...handedOver);
    expect(started.filter(({ seq }) => seq < first).length).toBeGreaterThan(2);
  });

  test("a red gate is repaired", () => {
    const gates = of("gates.finished", "address").filter(({ on }) => on === "task");
    expect(gates.map(({ verdicts }) => isGreen(verdicts))).toEqual([false, true]);
    expect(of("task.merged", "address")).toHaveLength(1);
  });

  test("a finding of the review is repaired", () => {
    const reviews = of("review.finished", "visits");
    expect(reviews.map(({ verdict }) => verdict.type)).toEqual(["rejected", "approved"]);
    expect(reviews.map(({ sameModel }) => sameModel)).toEqual([false, false]);
    expect(of("task.merged", "visits")).toHaveLength(1);
  });

  test("a merge conflict is resolved", () => {
    const [conflict, ...others] = of("merge.conflicted");
    expect(others).toEqual([]);
    expect(conflict?.files).toEqual(["src/index.ts"]);
    const merged = of("task.merged", conflict?.task).map(({ seq }) => seq);
    expect(merged).toHaveLength(1);
    expect(merged[0]).toBeGreaterThan(conflict?.seq ?? Infinity);
  });

  test("a note of the research reaches the worker who needs it", () => {
    const [research] = of("task.done", "alphabet");
    expect(research?.note).toContain("Leave out 0, o, 1, l and i");
    expect(promptsOf("slug")[0]).toContain("Leave out 0, o, 1, l and i");
    expect(readFileSync(join(folder, "src/slug.ts"), "utf8")).toContain('"23456789abcdefghjkmnpqrstuvwxyz"');
  });

  test("a question is answered by its default, and the answer stands in the code", () => {
    expect(of("question.asked").map(({ question }) => question.task)).toEqual(["expiry"]);
    expect(of("question.answered").map(({ answer }) => answer)).toEqual([
      { question: 1, text: "This link has ended.", by: "default" },
    ]);
    expect(readFileSync(join(folder, "src/expiry.ts"), "utf8")).toContain('= "This link has ended.";');
  });

  test("main holds every merge, its tests pass, and the plan is ticked", () => {
    const git = (...args: string[]): string =>
      execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
    const merges = of("task.merged").map(({ commit }) => commit);
    expect(merges).toHaveLength(6);
    expect(git("rev-parse", "main")).toBe(merges.at(-1));
    expect(git("log", "--format=%H", "main").split("\n").slice(0, -1)).toEqual(merges.toReversed());
    expect(git("status", "--porcelain", "--", "src", "test")).toBe("");
    const path = `${dirname(process.execPath)}:${env.PATH}`;
    const tests = spawnSync("node", ["--test"], { cwd: folder, env: { PATH: path }, encoding: "utf8" });
    expect(tests.stdout).toMatch(/pass 13\b/);
    expect(tests.status).toBe(0);
    expect(readFileSync(join(folder, "plan.md"), "utf8")).not.toContain("- [ ]");
  });

  test("a later command finds the demo's state folder without being told, and nothing is left in HOME", () => {
    const again = spawnSync(process.execPath, [program, "diff", "slug"], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(again.stderr).toBe("");
    expect(again.stdout).toContain("src/slug.ts");
    expect(readdirSync(home)).toEqual([]);
  });

  test("no process of it is left", () => {
    expect(processesIn(folder)).toEqual([]);
  });

  test("a folder with something in it is refused and left alone", () => {
    write(around, { "mine/notes.txt": "mine" });
    const refused = agentx("demo", "mine");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("the folder is not empty");
    expect(readdirSync(join(around, "mine"))).toEqual(["notes.txt"]);
  });
});

/** Command lines and working folders of processes that have to do with a folder; empty where there is no /proc. */
function processesIn(path: string): string[] {
  if (!existsSync("/proc/self")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return `${words} ${realpathSync(`/proc/${pid}/cwd`)}`.includes(path) ? [words] : [];
      } catch {
        return []; // It ended meanwhile, or is not ours to see.
      }
    });
}
