import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCliGuest } from "../../src/agents/programs/run-cli.ts";
import type { CliProgram } from "../../src/agents/programs/program.ts";
import { doorUrls } from "../../src/agents/guest/door.ts";
import type { Guest, GuestEnd, GuestEvent, GuestTurn, ModelApi } from "../../src/agents/guest/guest.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { startModelServer, type ModelServer, type ModelServerOptions } from "../model-server/server.ts";
import { specFor } from "../sandbox/support.ts";
import { pipeDoor } from "./pipe-door.ts";

export type ProgramSetup = {
  program: CliProgram;
  /** What runs instead of it. */
  guest?: Guest;
  /** Folder that the program lies in, as `installProgram` gives it. */
  bin: string;
  reply: ModelServerOptions["reply"];
  /** Further settings of the model server: `key`, `models`. */
  server?: Partial<ModelServerOptions>;
  /** The model's name as the vendor says it, and how it is spoken to. */
  model?: { name: string; api: ModelApi };
  /** Text files of the worktree and of HOME, by path. */
  files?: Record<string, string>;
  homeFiles?: Record<string, string>;
};

/** What one start may be given beside its prompt. */
export type TurnOptions = Partial<Omit<GuestTurn, "sandbox" | "prompt" | "urls">> & { prompt: string };

export type Tried = { end: GuestEnd; events: GuestEvent[]; ms: number };

export type ProgramBench = {
  root: string;
  /** On the host; inside it is `sandbox.home`. */
  home: string;
  sandbox: Sandbox;
  server: ModelServer;
  /** Starts the program once; a later start finds the same HOME and worktree. */
  run: (turn: TurnOptions) => Promise<Tried>;
  /** Paths of the files that are there now, sorted. */
  worktreeFiles: () => Promise<string[]>;
  homeFiles: () => Promise<string[]>;
  read: (pathInWorktree: string) => Promise<string>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A real program in a sandbox without a network, with a HOME of its own and a door to a model server that says what `reply` says. */
export async function openProgram(setup: ProgramSetup): Promise<ProgramBench> {
  const { program, bin, reply } = setup;
  const folder = await realpath(await mkdtemp(join(tmpdir(), `agentx-${program.name}-`)));
  const [root, home] = [join(folder, "worktree"), join(folder, "home")];
  await writeFiles(root, setup.files ?? {});
  await writeFiles(home, setup.homeFiles ?? {});
  const server = await startModelServer({ ...setup.server, reply });
  const door = await pipeDoor(join(folder, "door"), server.url);
  const installed = {
    file: join(bin, program.name),
    readOnly: [dirname(dirname(await realpath(bin)))],
  };
  const guest = setup.guest ?? createCliGuest(program, installed);
  // Most of the programs want a newer Node than the machine may have.
  const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, ownNodeFirst: true });
  const sandbox = await provider.open(specFor(root, { readOnly: guest.readOnly, home, door: door.folder }));
  const [api = "anthropic"] = program.apis;
  const model = setup.model ?? { name: "test-model", api };
  return {
    root,
    home,
    sandbox,
    server,
    run: async (turn) => {
      const events: GuestEvent[] = [];
      const begun = performance.now();
      const end = await guest.run({
        sandbox,
        role: "implement",
        system: "You are a worker of agentx.",
        session: null,
        newSession: randomUUID(),
        model: { id: `test/${model.name}`, ...model },
        credentials: "gateway",
        web: false,
        urls: doorUrls(await sandbox.openDoor()),
        env: {},
        readOnly: false,
        takeNotes: () => [],
        signal: new AbortController().signal,
        ...turn,
        onEvent: (event) => {
          events.push(event);
          turn.onEvent?.(event);
        },
      });
      return { end, events, ms: performance.now() - begun };
    },
    worktreeFiles: () => filesIn(root),
    homeFiles: () => filesIn(home),
    read: (file) => readFile(join(root, file), "utf8"),
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await door.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One start of a program, and all that came of it. */
export async function tryProgram({
  turn,
  ...setup
}: ProgramSetup & { turn: TurnOptions }): Promise<
  Tried & { requests: ModelServer["requests"]; worktree: string[]; home: string[] }
> {
  await using bench = await openProgram(setup);
  const tried = await bench.run(turn);
  const [worktree, home] = [await bench.worktreeFiles(), await bench.homeFiles()];
  return { ...tried, requests: bench.server.requests, worktree, home };
}

/** The texts of one kind of event, in order. */
export function textsOf(events: readonly GuestEvent[], type: "said" | "activity" | "retrying"): string[] {
  return events.flatMap((event) => (event.type === type ? [event.text] : []));
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
