import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventOf, EventType, RunEvent } from "../../src/core/event.ts";
import { commitFiles, git, write } from "./git.ts";
import { mainSource, program } from "./program.ts";

export type Ran = { exitCode: number; stdout: string; stderr: string; events: RunEvent[] };

/** A repository of somebody's, a HOME of their own, and agentx run in it as they would run it. */
export type Project = {
  root: string;
  /** Everything that belongs to the project lies in here; it goes with `close`. */
  folder: string;
  env: Record<string, string>;
  read: (path: string) => string;
  /** Runs to the end. `input` is given on stdin. */
  agentx: (args: string[], options?: Place & { input?: string }) => Promise<Ran>;
  /** Starts and hands over: for signals and for what happens meanwhile. */
  start: (args: string[], options?: Place) => Started;
  /** Ends what was started and still runs, and removes the folder. */
  close: () => void;
};

/**
 * Where it is run: in the root, and without any key, unless said otherwise. `preload` is a program of a test's that node
 * loads before agentx, which then runs from its sources, so that the two have them in common.
 */
export type Place = { cwd?: string; env?: Record<string, string>; preload?: string };

export type Started = {
  child: ChildProcess;
  /** What it said so far; events are parsed from stdout. */
  said: () => Ran;
  /** Resolves once the events hold one that fits; rejects when it ends before. */
  event: <T extends EventType>(type: T, fits?: (event: RunEvent & EventOf<T>) => boolean) => Promise<void>;
  ended: Promise<Ran>;
};

/** A library of one function with a test of its own; `npm test` is its only gate. */
const library: Record<string, string> = {
  "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  "add.js": "export const add = (a, b) => a + b;\n",
  "add.test.js": [
    'import test from "node:test";',
    'import assert from "node:assert";',
    'import { add } from "./add.js";',
    'test("adds", () => assert.equal(add(1, 2), 3));',
    "",
  ].join("\n"),
};

/** @param files what the first commit holds; `{}` for a repository without commits */
export function openProject(files: Record<string, string> = library): Project {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(join(parent, "agentx-e2e-")));
  const root = join(folder, "repo");
  write(folder, { "home/.gitconfig": "[user]\n\tname = Ada\n\temail = ada@example.org\n", "repo/.keep": "" });
  rmSync(join(root, ".keep"));
  git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "config", "user.name", "Ada");
  git(root, "config", "user.email", "ada@example.org");
  if (Object.keys(files).length > 0) commitFiles(root, files, "start");
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: join(folder, "home"),
    AGENTX_HOME: join(folder, "state"),
    CI: "1",
    NO_COLOR: "1",
  };
  const children: ChildProcess[] = [];
  const run = (args: string[], { cwd = root, ...options }: Place & { input: string | null }): Started => {
    const nodeArgs = options.preload === undefined ? [program] : ["--import", options.preload, mainSource];
    const started = startAgentx([...nodeArgs, ...args], {
      cwd,
      env: { ...env, ...options.env },
      input: options.input,
    });
    children.push(started.child);
    return started;
  };
  return {
    root,
    folder,
    env,
    read: (path) => readFileSync(join(root, path), "utf8"),
    agentx: (args, options = {}) => run(args, { input: "", ...options }).ended,
    start: (args, options = {}) => run(args, { ...options, input: null }),
    close: () => {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

type Spawning = { cwd: string; env: Record<string, string>; input: string | null };

function startAgentx(nodeArgs: string[], { cwd, env, input }: Spawning): Started {
  // A process group of its own, as a shell would give it: a Ctrl-C goes to the whole group.
  const child = spawn(process.execPath, nodeArgs, { cwd, env, stdio: "pipe", detached: true });
  if (input !== null) child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const said = (): Ran => ({ exitCode: child.exitCode ?? -1, stdout, stderr, events: eventsIn(stdout) });
  const ended = new Promise<Ran>((resolve) => {
    child.on("close", (code, signal) =>
      resolve({ ...said(), exitCode: code ?? (signal === null ? -1 : -2) }),
    );
  });
  return {
    child,
    said,
    ended,
    event: async (type, fits = () => true) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => {
        if (eventsOfType(said().events, type).some(fits)) resolve();
      };
      listeners.add(look);
      void ended.then(({ stderr: words }) =>
        reject(new Error(`it ended without ${type}:\n${words}\n${stdout}`)),
      );
      look();
      await promise.finally(() => listeners.delete(look));
    },
  };
}

/** Whole lines only: the last one may still be on its way. */
function eventsIn(stdout: string): RunEvent[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as RunEvent)
    .filter((event) => (event.type as string) !== "worker.activity");
}

export function eventsOfType<T extends EventType>(
  events: readonly RunEvent[],
  type: T,
): (RunEvent & EventOf<T>)[] {
  return events.filter((event): event is RunEvent & EventOf<T> => event.type === type);
}

export function modelEnv(url: string): Record<string, string> {
  return {
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: "test-key",
    OPENAI_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: "test-key",
    GOOGLE_GEMINI_BASE_URL: url,
  };
}
