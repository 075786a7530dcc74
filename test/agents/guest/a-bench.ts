import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  ModelCall,
  ModelLeft,
  ModelPaused,
  StartedAgent,
  WorkerJob,
  WorkerResult,
} from "../../../src/agents/agent.ts";
import type { Guest, GuestEnd, GuestTurn } from "../../../src/agents/guest/guest.ts";
import { createGuestAgent } from "../../../src/agents/guest/guest-agent.ts";
import type { AgentSpec } from "../../../src/core/agent-spec.ts";
import type { Message } from "../../../src/models/model.ts";
import { noneProvider } from "../../../src/sandbox/none.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { createTestDoor, type TestDoor } from "./a-door.ts";
import { callSocket, post, type Call } from "./socket-call.ts";

/** What a scripted guest does in one start. */
export type Act = (turn: GuestTurn) => Promise<GuestEnd>;
export const done: GuestEnd = { type: "done" };

/** A job for a scripted guest over a real folder, a real (unconfined) sandbox and a real socket. */
export type GuestBench = {
  job: WorkerJob;
  door: TestDoor;
  socket: string;
  /** Every start of the guest. */
  turns: GuestTurn[];
  messages: Message[];
  activities: string[];
  calls: ModelCall[];
  left: ModelLeft[];
  started: StartedAgent[];
  /** Starts of the guest from now on, one after the other. */
  acts: Act[];
  work: (changes?: Partial<WorkerJob>) => Promise<WorkerResult>;
  ask: (text: string, more?: object) => Call;
  notes: () => Call;
  /** As after a crash: another sandbox over the same folders. */
  reopen: () => Promise<Sandbox>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

const limits = { turns: 30, tokens: null, usd: null, ms: 60_000, stallMs: 20_000 };
const gateway: AgentSpec = {
  type: "program",
  program: "claude",
  model: null,
  prompt: "",
  credentials: "gateway",
  web: false,
  env: {},
};

export async function openGuestBench(
  changes: { guest?: Partial<Guest>; spec?: Partial<AgentSpec>; job?: Partial<WorkerJob> } = {},
): Promise<GuestBench> {
  const folder = await mkdtemp(join(tmpdir(), "agentx-guest-"));
  const places = ["root", "scratch", "home", "door"].map((name) => join(folder, name));
  await Promise.all(places.map((path) => mkdir(path)));
  const [root = "", scratch = "", home = "", doorFolder = ""] = places;
  const sandboxes: Sandbox[] = [];
  const open = async (): Promise<Sandbox> => {
    const { PATH = "" } = process.env;
    const spec = { root, writable: true, scratch, readOnly: [], env: {}, network: false as const, home };
    const opened = await noneProvider({ path: PATH, home }).open({ ...spec, door: doorFolder });
    // What is scripted here runs outside, and needs no address inside.
    const sandbox: Sandbox = { ...opened, openDoor: async () => "http://127.0.0.1:1" };
    sandboxes.push(sandbox);
    return sandbox;
  };
  const sandbox = await open();
  const door = createTestDoor();
  const [turns, acts]: [GuestTurn[], Act[]] = [[], []];
  const guest: Guest = {
    name: "claude",
    readOnly: [],
    apis: ["anthropic"],
    notes: "next-start",
    resumes: true,
    credentialFiles: [],
    credentialEnv: [],
    run: async (turn) => {
      turns.push(turn);
      const act = acts.shift();
      if (act === undefined) throw new Error("the script has no further start");
      return act(turn);
    },
    ...changes.guest,
  };
  let ids = 0;
  const agent = createGuestAgent({
    name: "claude",
    spec: { ...gateway, ...changes.spec } as AgentSpec,
    guest,
    openDoor: door.open,
    apiOf: (id) => (id.startsWith("anthropic/") ? "anthropic" : id.startsWith("openai/") ? "openai" : null),
    keyEnvOf: () => "ANTHROPIC_API_KEY",
    newId: () => `id-${(ids += 1)}`,
    now: () => performance.now(),
  });
  const bench = {
    door,
    socket: join(doorFolder, "s"),
    turns,
    acts,
    messages: [] as Message[],
    activities: [] as string[],
    calls: [] as ModelCall[],
    left: [] as ModelLeft[],
    paused: [] as ModelPaused[],
    started: [] as StartedAgent[],
  };
  const { messages, activities, calls, left, paused, started } = bench;
  const job: WorkerJob = {
    task: "cart",
    role: "implement",
    system: "You have tools.",
    prompt: "Mend the cart.",
    tools: ["read", "search", "list", "edit", "write", "shell", "ask", "finish"],
    submit: null,
    answer: null,
    session: null,
    sandbox,
    door: doorFolder,
    home,
    scratch,
    conversation: { messages: () => messages, append: (message) => void messages.push(message) },
    models: ["anthropic/opus"],
    limits,
    usdLeft: () => null,
    takeNotes: () => [],
    onActivity: (text) => void activities.push(text),
    onModelCall: (call) => void calls.push(call),
    onModelLeft: (one) => void left.push(one),
    onToolsWithheld: () => {},
    onModelPaused: (one) => void paused.push(one),
    onAgentStarted: (one) => void started.push(one),
    signal: new AbortController().signal,
    ...changes.job,
  };
  return {
    ...bench,
    job,
    work: (more = {}) => agent.work({ ...job, ...more }),
    ask: (text, more = {}) => post(bench.socket, "/agentx/ask", { text, ...more }),
    notes: () => callSocket(bench.socket, "/agentx/notes"),
    reopen: open,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sandboxes.map((one) => one.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Says the words and ends well. */
export function says(words: string, session: string | null = null): Act {
  return async ({ onEvent }) => {
    if (session !== null) onEvent({ type: "session", id: session });
    onEvent({ type: "said", text: words });
    return done;
  };
}

/** Works until it is stopped. */
export const hangs: Act = ({ signal }) =>
  new Promise((resolve) => {
    const end = (): void => resolve({ type: "failed", why: "killed", message: "stopped" });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });

export function texts(messages: readonly Message[]): string[] {
  return messages.map((message) => (message.role === "tool" ? "" : `${message.role}: ${message.text}`));
}
