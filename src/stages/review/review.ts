import { type Agent, conversationInMemory, type JobScope, scopeOf } from "../../agents/agent.ts";
import { type Lodging, lodge, placesOf } from "../../agents/lodging.ts";
import { openLater, workIn } from "../../agents/work-in.ts";
import { buildReviewPrompt, defaultDiffBudget } from "../../context/review-prompt.ts";
import { readSkill } from "../../context/skill.ts";
import { checkVerdict, toReviewVerdict, verdictTool } from "../../context/verdict-schema.ts";
import type { AttemptFailure } from "../../core/event.ts";
import type { Flag } from "../../core/flag.ts";
import type { Task } from "../../core/plan.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import { blocksMerge, type GateVerdict, type ReviewVerdict } from "../../core/verdict.ts";
import { readingSpec } from "../../sandbox/reading-spec.ts";
import type { SandboxProvider } from "../../sandbox/sandbox.ts";

export type ReviewJob = JobScope & {
  task: Task;
  attempt: number;
  commit: string;
  base: string;
  note: string;
  gates: readonly GateVerdict[];
  /** What agentx found in the change that may weaken how it is judged. */
  flags: readonly Flag[];
  /** In order of preference, the implementer's own model last. */
  models: readonly string[];
  settings: RunSettings;
  lodging: Lodging;
};

export type ReviewPorts = {
  agent: Agent;
  sandboxes: SandboxProvider;
  gitCommonDir: string;
  /** A checkout of the commit, to look around in; `asBefore` are files that are shown as they were before the change. */
  checkout: () => Promise<{ path: string; gitDir: string; asBefore: string[] }>;
  diff: (range: { from: string; to: string }) => Promise<string>;
  changedFiles: (range: { from: string; to: string }) => Promise<{ path: string }[]>;
  readFileAt: (file: { commit: string; path: string }) => Promise<string | null>;
};

/** `model` is the one that gave the verdict; where none did, the one that was asked first. */
export type Reviewed =
  | { type: "reviewed"; verdict: ReviewVerdict; model: string }
  /** No model could be reached, which says nothing about the work. */
  | { type: "unreachable"; failure: AttemptFailure };

/** A fresh, independent look at one commit, by a model that can read and cannot write. No verdict is no approval. */
export async function review(job: ReviewJob, ports: ReviewPorts): Promise<Reviewed> {
  const range = { from: job.base, to: job.commit };
  const [diff, files] = await Promise.all([ports.diff(range), ports.changedFiles(range)]);
  const texts = new Map<string, string>();
  for (const { path } of files) {
    const text = await ports.readFileAt({ commit: job.commit, path });
    if (text !== null) texts.set(path, text);
  }
  const { task, gates, note, settings } = job;
  const checkout = await ports.checkout();
  const spec = readingSpec({
    root: checkout.path,
    scratch: job.scratch,
    readOnly: settings.sandboxReadOnly,
    gitCommonDir: ports.gitCommonDir,
    gitDir: checkout.gitDir,
  });
  const system = await readSkill("review");
  const prompt = buildReviewPrompt({
    task,
    attempt: job.attempt,
    gates,
    flags: job.flags,
    note,
    diff,
    asBefore: checkout.asBefore,
    budget: defaultDiffBudget,
  });
  // Many a verdict is given on the diff alone.
  const opening = openLater(() => ports.sandboxes.open(lodge(spec, job.lodging)));
  await using _closed = { [Symbol.asyncDispose]: opening.close };
  const result = await workIn(opening, {
    agent: ports.agent,
    job: {
      ...scopeOf(job),
      ...placesOf(job.lodging),
      task: task.id,
      role: "review",
      system,
      prompt,
      tools: ["read", "search", "list"],
      submit: { tool: verdictTool, check: (value) => checkVerdict(value, { diff, texts }) },
      answer: null,
      session: null,
      conversation: conversationInMemory(),
      models: job.models,
      limits: { ...settings.limits, usd: job.usdLeft() },
      takeNotes: () => [],
    },
  });
  if (result.type === "submitted")
    return { type: "reviewed", verdict: strictly(toReviewVerdict(result.value)), model: result.model };
  if (result.type === "failed" && ["provider", "paused"].includes(result.failure.kind))
    return { type: "unreachable", failure: result.failure };
  const reason = result.type === "failed" ? result.failure.reason : "the reviewer ended without a verdict";
  return { type: "reviewed", verdict: { type: "missing", reason }, model: job.models[0] ?? "" };
}

/** An approval with an objection that blocks is none. */
function strictly(verdict: ReviewVerdict): ReviewVerdict {
  if (verdict.type !== "approved" || !verdict.findings.some(blocksMerge)) return verdict;
  return { ...verdict, type: "rejected" };
}
