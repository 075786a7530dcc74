import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCliGuest } from "../../../src/agents/programs/run-cli.ts";
import type { CliProgram, Exit, Start } from "../../../src/agents/programs/program.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd, GuestEvent, GuestTurn } from "../../../src/agents/guest/guest.ts";
import { noneProvider } from "../../../src/sandbox/none.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";

export type Scene = {
  home: string;
  sandbox: Sandbox;
  events: GuestEvent[];
  /** What `readEnd` was given. */
  exits: Exit[];
  run: (turn?: Partial<GuestTurn>) => Promise<GuestEnd>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A program of our own: a script for Node whose lines of output are events as they are. */
export async function openScene(
  script: string,
  changes: Partial<Start & CliProgram & { file: string }> = {},
): Promise<Scene> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "agentx-cli-")));
  const [root, home] = [join(folder, "root"), join(folder, "home")];
  await mkdir(root);
  await mkdir(home);
  const { PATH = "" } = process.env;
  const spec = { root, writable: true, scratch: null, readOnly: [], env: {}, network: false as const, home };
  const sandbox = await noneProvider({ path: PATH, home }).open(spec);
  const [events, exits]: [GuestEvent[], Exit[]] = [[], []];
  const { file = process.execPath, keepsInput = false, files = {}, ...rest } = changes;
  const program: CliProgram = {
    name: "pi",
    install: "npm install -g it",
    apis: [],
    notes: "next-turn",
    resumes: false,
    credentialFiles: [],
    credentialEnv: [],
    start: ({ prompt }) => ({
      args: ["-e", script],
      env: { FROM: "start" },
      stdin: prompt,
      keepsInput,
      files,
    }),
    parseLine: (line) => (line.startsWith("{") ? [JSON.parse(line) as GuestEvent] : []),
    noteLine: (text) => `note: ${text}\n`,
    readEnd: (exit) => {
      exits.push(exit);
      return exit.told ?? { type: "failed", why: "error", message: exit.stderr };
    },
    ...rest,
  };
  const guest = createCliGuest(program, { file, readOnly: [] });
  return {
    home,
    sandbox,
    events,
    exits,
    run: (turn = {}) =>
      guest.run({
        sandbox,
        role: "implement",
        system: "",
        prompt: "",
        session: null,
        newSession: "6f1c3a52-93a3-4b4c-8b53-000000000001",
        model: null,
        credentials: "gateway",
        urls: doorUrls("http://127.0.0.1:1"),
        env: {},
        readOnly: false,
        takeNotes: () => [],
        onEvent: (event) => void events.push(event),
        signal: new AbortController().signal,
        ...turn,
      }),
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
