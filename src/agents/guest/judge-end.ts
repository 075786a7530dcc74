import type { Credentials } from "../../core/agent-spec.ts";
import type { AttemptFailure } from "../../core/event.ts";
import { isWorthWaiting } from "../patience.ts";
import type { UpstreamFailure } from "./door.ts";
import type { GuestEnd, GuestTrouble } from "./guest.ts";

/** All that is known when a guest has stopped by itself. */
export type Ending = {
  end: GuestEnd;
  /** The limit that the door refused a call for, or null. */
  refusal: AttemptFailure | null;
  /** What a vendor said last instead of an answer, or null. */
  lastFailure: UpstreamFailure | null;
  /** The last words of this start. */
  words: string;
  /** Tools that were wanted and not allowed. */
  denied: readonly string[];
  agent: string;
  credentials: Credentials;
  /** `provider/id`, or null for the program's own choice. */
  model: string | null;
  /** The variable that holds the model's key, where that is known. */
  keyEnv: string | null;
};

/** `isModels`: the trouble is this model's, and another may not have it. */
export type Judged = { type: "done" } | ({ type: "failed" } & Failed);

type Failed = {
  failure: AttemptFailure;
  isModels: boolean;
  /** The same may well go through a little later. */
  isPassing: boolean;
  /** How long the model's provider wants to be left alone, where that can be waited for. */
  waitMs: number | null;
};

/** What the end means for the attempt: limits first, then what the vendor said, then the guest's own account. */
export function judgeEnd(ending: Ending): Judged {
  const { end, refusal, words, denied } = ending;
  if (refusal !== null) return ofGuest(refusal);
  if (end.type === "failed") return judgeTrouble(ending, end);
  if (endedOnFailure(ending)) return judgeTrouble(ending, { why: "error", message: "" });
  if (words.trim() === "" && denied.length > 0) {
    const reason = `${ending.agent} stopped when it was not allowed to use ${listed(denied)}`;
    const hint = "let the agent use it in its own settings, or take another agent";
    return ofGuest({ kind: "agent", reason, hint });
  }
  return { type: "done" };
}

function ofGuest(failure: AttemptFailure): Judged {
  return { type: "failed", failure, isModels: false, isPassing: false, waitMs: null };
}

/** The last words as the note: a claim, never believed. */
export function noteOf(words: string, denied: readonly string[]): string {
  return denied.length === 0 ? words.trim() : `${words.trim()}\n\nNot allowed: ${listed(denied)}.`;
}

/** Some programs end well with the vendor's error as their last words, or with none. */
function endedOnFailure({ lastFailure, words }: Ending): boolean {
  if (lastFailure === null) return false;
  const told = lastFailure.message.trim().slice(0, 60);
  return words.trim() === "" || (told !== "" && words.includes(told));
}

function judgeTrouble(ending: Ending, told: { why: GuestTrouble; message: string }): Judged {
  const { agent, lastFailure } = ending;
  const why = causeOf(told.why, lastFailure);
  const vendor = lastFailure === null ? "" : vendorSaid(lastFailure);
  const parts = [told.message.trim(), vendor].filter((part) => part !== "");
  const reason = `${agent}: ${parts.length === 0 ? why : parts.join("; ")}`;
  const waitMs = waitFor(why, lastFailure);
  const { kind, hint } = waitMs === null ? meaning(why, ending) : ({ kind: "paused", hint: "" } as const);
  const isPassing = why === "unreachable" && waitMs === null;
  const isModels = modelTroubles.has(why);
  return { type: "failed", failure: { kind, reason, hint }, isModels, isPassing, waitMs };
}

function waitFor(why: GuestTrouble, failure: UpstreamFailure | null): number | null {
  const waitMs = failure?.retryAfterMs ?? null;
  return ["quota", "rate-limit", "unreachable"].includes(why) && isWorthWaiting(waitMs) ? waitMs : null;
}

const modelTroubles: ReadonlySet<GuestTrouble> = new Set([
  "login",
  "quota",
  "rate-limit",
  "model",
  "unreachable",
]);

/** A vendor's status is a fact; the guest's word for it is a guess, unless it names what a status cannot. */
function causeOf(why: GuestTrouble, failure: UpstreamFailure | null): GuestTrouble {
  if (failure === null || !isFromModel.has(why)) return why;
  const { status, message } = failure;
  if (status === null || status >= 500 || status === 408) return "unreachable";
  if (status === 402 || (why === "quota" && [400, 403, 429].includes(status))) return "quota";
  if (status === 429) return /quota|billing|credit/i.test(message) ? "quota" : "rate-limit";
  if (status === 401 || status === 403) return "login";
  return status === 404 ? "model" : why;
}

const isFromModel: ReadonlySet<GuestTrouble> = new Set([...modelTroubles, "error"]);

function vendorSaid({ model, status, message }: UpstreamFailure): string {
  return `${model} ${status === null ? "could not be reached" : `answered ${status}`}: ${message.trim().slice(0, 500)}`;
}

function meaning(why: GuestTrouble, ending: Ending): Pick<AttemptFailure, "kind" | "hint"> {
  switch (why) {
    case "login":
      return { kind: "provider", hint: loginHint(ending) };
    case "quota":
      return {
        kind: "provider",
        hint: "add credit at the provider, or wait until the quota is renewed; then resume",
      };
    case "rate-limit":
      return { kind: "provider", hint: "try again in a while" };
    case "unreachable":
      return {
        kind: "provider",
        hint: "check that the address can be reached from here: the connection, a proxy, baseUrl in agentx.yaml",
      };
    case "model":
      return {
        kind: "provider",
        hint: "a run keeps its models: mend the name with --model or in agentx.yaml, and dispatch anew",
      };
    case "start":
      return {
        kind: "provider",
        hint: `see that ${ending.agent} is installed and starts by itself, and resume; or take another agent`,
      };
    case "context":
      return { kind: "limit", hint: "split the task" };
    case "limit":
      return { kind: "limit", hint: "split the task, or raise the agent's own limit" };
    case "refused":
    case "killed":
    case "no-session":
    case "error":
      return { kind: "agent", hint: "" };
  }
}

function loginHint({ agent, credentials, model, keyEnv }: Ending): string {
  if (credentials === "own") return `log in with ${agent}, then resume`;
  const whose = model === null ? "" : ` for ${model}`;
  const variable = keyEnv === null ? "the variable that holds the key" : keyEnv;
  return `set ${variable} to a key${whose} that is valid, and resume from that shell`;
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}
