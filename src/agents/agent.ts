import type { Credentials } from "../core/agent-spec.ts";
import type { Limits } from "../core/run-settings.ts";
import type { AttemptFailure } from "../core/event.ts";
import type { Role } from "../core/plan.ts";
import type { Usage } from "../core/usage.ts";
import type { Message, ToolSpec } from "../models/model.ts";
import type { Egress } from "../sandbox/egress/egress.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** A conversation that survives the process: every message is durable before the next step depends on it. */
export type Conversation = { messages: () => readonly Message[]; append: (message: Message) => void };

/** One that lives as long as the process: for work that is short, has no effects and is simply done again. */
export function conversationInMemory(): Conversation {
  const messages: Message[] = [];
  return { messages: () => messages, append: (message) => void messages.push(message) };
}

export type ModelCall = { model: string; usage: Usage; usd: number | null; ms: number };

/** A model that could not be reached or would not do, and the one that takes over. */
export type ModelLeft = { model: string; reason: string; next: string };

/** A provider refused a call and said how long it wants to be left alone. */
export type ModelPaused = { model: string; reason: string; waitMs: number };

/** What an agent other than the built-in loop calls itself, and by what id it can go on later. */
export type StartedAgent = { agent: string; credentials: Credentials; session: string | null };

/** What the gateway took out of an agent's calls: tools that the vendor would run, and parts that nobody here knows. */
export type ToolsWithheld = { agent: string; names: readonly string[] };

export type WorkerJob = {
  task: string;
  role: Role;
  /** Stable over the whole run for a role, so that it is cached. */
  system: string;
  /** What this attempt is about; appended to the conversation unless that already ends with it. */
  prompt: string;
  /** Tools by name; a research or review job gets no writing ones. */
  tools: readonly ("read" | "search" | "list" | "edit" | "write" | "shell" | "ask" | "finish")[];
  /**
   * A job that ends in structured data: the one tool that takes it, and the check that the value must pass.
   * `check` gives a sentence for the model when the value will not do; the job goes on then.
   */
  submit: { tool: ToolSpec; check: (value: unknown) => string | null } | null;
  /** The person's bare words where `prompt` is the answer to a question, else null. */
  answer: string | null;
  /** What an earlier start of the same agent in the same conversation called its session, or null. */
  session: string | null;
  sandbox: Sandbox;
  /** Folder that is mounted as the sandbox's door (see SandboxSpec.door), or null where the agent needs none. */
  door: string | null;
  /** Host path of the agent's own HOME, or null where it needs none. */
  home: string | null;
  /** Folder that the sandbox may read, for tool output that was cut. */
  scratch: string;
  conversation: Conversation;
  /** Models in order of preference. */
  models: readonly string[];
  limits: Limits;
  /** US dollars that the run may still spend, as of now; null without a budget. */
  usdLeft: () => number | null;
  /** Notes of the person since the last call; taken once. */
  takeNotes: () => string[];
  onActivity: (text: string) => void;
  onModelCall: (call: ModelCall) => void;
  onModelLeft: (left: ModelLeft) => void;
  onModelPaused: (paused: ModelPaused) => void;
  onAgentStarted: (started: StartedAgent) => void;
  onToolsWithheld: (withheld: ToolsWithheld) => void;
  signal: AbortSignal;
};

/** What every stage that puts an agent to work hands on as it is. */
export type JobScope = Pick<
  WorkerJob,
  | "scratch"
  | "onActivity"
  | "onModelCall"
  | "onModelLeft"
  | "onModelPaused"
  | "onAgentStarted"
  | "onToolsWithheld"
  | "usdLeft"
  | "signal"
>;

/** Without what else the caller's job holds. */
export function scopeOf(job: JobScope): JobScope {
  const { scratch, onActivity, onModelCall, onModelLeft, onModelPaused } = job;
  const { onAgentStarted, onToolsWithheld, usdLeft, signal } = job;
  return {
    scratch,
    onActivity,
    onModelCall,
    onModelLeft,
    onModelPaused,
    onAgentStarted,
    onToolsWithheld,
    usdLeft,
    signal,
  };
}

/** What the worker says; never believed about the work itself. */
export type WorkerResult =
  | { type: "finished"; note: string }
  | {
      type: "asked";
      text: string;
      options: string[];
      default: string | null;
      /**
       * The worker lives on in the job's sandbox and waits there for the answer: `work` with the same sandbox brings it.
       * Milliseconds after which the sandbox may be closed all the same; null: only with the run. Absent: nobody waits.
       */
      waitsMs?: number | null;
    }
  /** The value passed the job's `submit.check`. */
  | { type: "submitted"; value: unknown; model: string }
  | { type: "failed"; failure: AttemptFailure };

/**
 * Whatever can work on a prompt in a folder. Throws only the signal's reason.
 * After an `asked`, the answer comes as the `prompt` of a job with the same conversation.
 */
export type Agent = {
  name: string;
  /** What its sandbox has to have. */
  needs: AgentNeeds;
  work: (job: WorkerJob) => Promise<WorkerResult>;
};

export type AgentNeeds = {
  /** Absolute paths that the program lies in. */
  readOnly: string[];
  /** For a program that uses its own login: every public host. */
  network: false | Egress;
  /** A HOME of its own that outlives the sandbox, and a door to the dispatcher. */
  home: boolean;
  /** It begins with its sandbox; else with its model, while that is being opened. */
  openSandbox: boolean;
  /** It is started there and needs no address of a model: see `SandboxSpec.mostly`. */
  isProgram: boolean;
};

export const nothingNeeded: AgentNeeds = {
  readOnly: [],
  network: false,
  home: false,
  openSandbox: false,
  isProgram: false,
};
