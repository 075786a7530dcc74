import type { Usage } from "../../core/usage.ts";
import type { Role } from "../../core/plan.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Credentials } from "../../core/agent-spec.ts";
import type { DoorUrls } from "./door.ts";

/** The protocols that models are spoken to in. */
export type ModelApi = "anthropic" | "openai" | "openai-chat" | "google";

/** Why a guest stopped without having done its work. */
export type GuestTrouble =
  /** It wants to be logged in, or its key was refused. */
  | "login"
  | "quota"
  | "rate-limit"
  /** Its own limit of turns or money. */
  | "limit"
  /** The conversation is too long for the model. */
  | "context"
  /** The model declined. */
  | "refused"
  /** The model is not known. */
  | "model"
  /** A network or server error that it gave up on. */
  | "unreachable"
  | "killed"
  /** Not started: not found, bad flags, a config that it does not take. */
  | "start"
  /** The session that it was to go on with is not there. */
  | "no-session"
  | "error";

export type GuestEnd = { type: "done" } | { type: "failed"; why: GuestTrouble; message: string };

/** What a guest tells while it works, in no program's form. */
export type GuestEvent =
  /** Its own id for going on later. */
  | { type: "session"; id: string }
  /** What it does right now, for the person: `Bash npm test`, one line. */
  | { type: "activity"; text: string }
  /** Words of the model; the last ones are its note. */
  | { type: "said"; text: string }
  /** Usage by its own account. `total`: of this start so far, replacing what was told before; `call`: of one call. */
  | { type: "used"; scope: "call" | "total"; model: string | null; usage: Usage; usd: number | null }
  /** A tool that the model wanted and was not allowed. */
  | { type: "denied"; tool: string }
  /** It waits before it tries a call again: a sign of life, and said to the person. */
  | { type: "retrying"; text: string }
  /** How it ended by its own account. An exit code or a signal may still say otherwise. */
  | { type: "ended"; end: GuestEnd };

/** One start of a guest: a prompt in, events out, an end. */
export type GuestTurn = {
  sandbox: Sandbox;
  role: Role;
  /** The role's rules: they go where the program reads instructions, not into the prompt. */
  system: string;
  prompt: string;
  /** The session to go on with, or null for a new one. */
  session: string | null;
  /** A fresh UUID, for programs that take the id of a new session. */
  newSession: string;
  /** `provider/id` and how it is spoken to; null for the program's own choice (only with its own login). */
  model: { id: string; name: string; api: ModelApi } | null;
  credentials: Credentials;
  /** Whether it may use tools with which its vendor looks things up in the web. */
  web: boolean;
  urls: DoorUrls;
  /** From the agent's spec; already checked. */
  env: Record<string, string>;
  /** May the files be changed? The sandbox holds it; this is for programs that can be told. */
  readOnly: boolean;
  /** Notes of the person since the last call: given to the running program where `notes` is `next-turn`. Taken once. */
  takeNotes: () => string[];
  onEvent: (event: GuestEvent) => void;
  /** Aborted: the guest is stopped, and `run` resolves soon after with why `killed`. */
  signal: AbortSignal;
};

/**
 * A program of another vendor, told apart from the others only by this. Throws only AgentxError of the sandbox.
 * `run` never believes an exit code alone: it puts the events, the exit code and stderr together into one end.
 */
export type Guest = {
  name: string;
  /** Absolute paths that it lies in, for the sandbox. */
  readOnly: string[];
  /** Protocols that it can speak, best first; empty: any, it is told by environment variables. */
  apis: readonly ModelApi[];
  /** When a note reaches it while it works. */
  notes: "next-turn" | "next-start";
  /** Whether a session can be gone on with in a later start. */
  resumes: boolean;
  /** Files of its login, relative to HOME, that `credentials: own` needs. */
  credentialFiles: readonly string[];
  /** Variables that hold a login, passed on with `credentials: own` only. */
  credentialEnv: readonly string[];
  run: (turn: GuestTurn) => Promise<GuestEnd>;
};
