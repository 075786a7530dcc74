import { endsRun } from "../../core/disk-error.ts";
import { AgentxError } from "../../core/error.ts";
import type { AttemptFailure } from "../../core/event.ts";
import {
  ModelError,
  type Model,
  type ModelErrorKind,
  type ModelReply,
  type ModelRequest,
} from "../../models/model.ts";
import type { WorkerJob } from "../agent.ts";
import { isWorthWaiting } from "../patience.ts";
import { makeRoom, withoutOldOutputs } from "./make-room.ts";
import { Stopped, untilAborted } from "../stopped.ts";
import type { Vigil } from "../vigil.ts";
import { effect } from "../../sys/failpoint.ts";

/** Enough for one long file; longer ones are written in pieces. */
const maxOutputTokens = 16_000;

export type Caller = {
  /** @throws Stopped when no model of the job can be reached, or the signal's reason */
  call: (request: Pick<ModelRequest, "tools" | "mustCall">) => Promise<ModelReply>;
  /** The model that answered last. */
  model: () => string;
};

type CallerParts = { job: WorkerJob; openModel: (id: string) => Model; now: () => number; vigil: Vigil };

/** The job's models behind one door: a model that is out of reach is left for the next one, for the rest of the work. */
export function createCaller({ job, openModel, now, vigil }: CallerParts): Caller {
  const failures: Out[] = [];
  let at = 0;
  let opened: Model | null = null;
  let saidUnpriced = false;
  const current = (): string => job.models[at] ?? "";
  const callOnce = async (request: Pick<ModelRequest, "tools" | "mustCall">): Promise<ModelReply> => {
    vigil.waitsFor(current());
    const began = now();
    const model = (opened ??= openModel(current()));
    const reply = await untilAborted(
      effect("model.call", () =>
        model.call({
          ...request,
          system: job.system,
          messages: withoutOldOutputs(job.conversation.messages()),
          maxOutputTokens,
          signal: vigil.signal,
          onProgress: vigil.touch,
        }),
      ),
      vigil.signal,
    );
    job.onModelCall({ model: current(), usage: reply.usage, usd: reply.usd, ms: now() - began });
    if (reply.usd === null && job.limits.usd !== null && !saidUnpriced) {
      saidUnpriced = true;
      job.onActivity(`${current()} has no known price: what it costs is not held against the limit`);
    }
    return reply;
  };
  const callWithRoom: typeof callOnce = async (request) => {
    for (;;) {
      try {
        return await callOnce(request);
      } catch (error) {
        if (vigil.signal.aborted || !isTooLong(error) || !(await makeRoom(job))) throw error;
      }
    }
  };
  return {
    model: current,
    call: async (request) => {
      for (; at < job.models.length; at += 1) {
        try {
          return await callWithRoom(request);
        } catch (error) {
          vigil.signal.throwIfAborted();
          const out = whyOut(current(), error);
          failures.push(out);
          if (out.waitMs !== null)
            job.onModelPaused({ model: current(), reason: out.reason, waitMs: out.waitMs });
          opened = null;
          const next = job.models[at + 1];
          if (next !== undefined) job.onModelLeft({ model: current(), reason: out.reason, next });
        }
      }
      throw new Stopped(allOut(failures));
    },
  };
}

/** `waitMs` is how long the provider wants to be left alone, where that can be waited for. */
type Out = {
  kind: "task" | "context" | "provider";
  reason: string;
  hint: string;
  waitMs: number | null;
};

const anew = "a run keeps its models: mend the name with --model or in agentx.yaml, and dispatch anew";
const later = "try again in a while";

/** What helps against what another task would meet as well. */
const hints: Record<ModelErrorKind, string> = {
  auth: "set the variable that is named here to a key that is valid, and resume from that shell",
  "not-found": anew,
  quota: "add credit at the provider, or wait until the quota is renewed",
  "rate-limit": later,
  overloaded: later,
  network: "check that the address can be reached from here: the connection, a proxy, baseUrl in agentx.yaml",
  truncated: later,
  "context-length": "",
  "bad-request": "",
};

/** What is over by itself at the time that the provider names, if it names one. */
const passing: ReadonlySet<ModelErrorKind> = new Set(["rate-limit", "quota", "overloaded"]);

function isTooLong(error: unknown): boolean {
  return error instanceof ModelError && error.kind === "context-length";
}

/** @throws whatever is no statement about the model */
function whyOut(model: string, error: unknown): Out {
  if (error instanceof AgentxError && !endsRun(error)) {
    return { kind: "provider", reason: `${model}: ${error.message}`, hint: "", waitMs: null };
  }
  if (!(error instanceof ModelError)) throw error;
  const reason = `${model}: ${error.kind}: ${error.message}`;
  if (error.kind === "context-length") return { kind: "context", reason, hint: "", waitMs: null };
  const kind = error.kind === "bad-request" ? "task" : "provider";
  const waitMs = passing.has(error.kind) && isWorthWaiting(error.retryAfterMs) ? error.retryAfterMs : null;
  return { kind, reason, hint: hints[error.kind], waitMs };
}

/** Only what another task would meet as well is the provider's failure, because that holds the whole run. */
function allOut(failures: readonly Out[]): AttemptFailure {
  const reason = failures.map((failure) => failure.reason).join("; ") || "the job names no model";
  if (failures.length > 0 && failures.every(({ kind }) => kind === "context")) {
    return { kind: "limit", reason: `the conversation is too long: ${reason}`, hint: "split the task" };
  }
  if (failures.some(({ kind }) => kind !== "provider")) return { kind: "agent", reason, hint: "" };
  if (failures.length > 0 && failures.every(({ waitMs }) => waitMs !== null))
    return { kind: "paused", reason, hint: "" };
  const hint = [...new Set(failures.map((failure) => failure.hint).filter((one) => one !== ""))].join("; ");
  return { kind: "provider", reason, hint };
}
