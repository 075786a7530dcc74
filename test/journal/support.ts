import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { onTestFinished } from "vitest";

import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import { AgentxError } from "../../src/core/error.ts";
import type { EventBody } from "../../src/core/event.ts";
import { noSandboxLimits, type RunSettings } from "../../src/core/run-settings.ts";
import { noSpend } from "../../src/core/usage.ts";

const noLimits = { turns: 1, tokens: null, usd: null, ms: 1, stallMs: 1 };

const settings: RunSettings = {
  slots: 1,
  gateSlots: 1,
  maxAttempts: 1,
  budgetUsd: null,
  limits: noLimits,
  models: { plan: [], research: [], implement: [], review: [], resolve: [] },
  agents: apiForEveryRole,
  programs: {},
  cassette: null,
  providers: {},
  gates: [],
  setup: null,
  portBase: 1,
  portsPerWorktree: 1,
  sandboxReadOnly: [],
  sandbox: { use: null, image: null },
  sandboxLimits: noSandboxLimits,
  secretsAllow: [],
  protect: "ask",
  unsafeNoSandbox: false,
  acceptRedBase: false,
  useDefaults: false,
  fastForward: false,
  pullRequest: false,
};

/** A `.agentx` folder that does not exist yet. */
export function newFolder(): string {
  // In memory where that can be: a thousand syncs to a busy disk take minutes.
  const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "agentx-journal-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return join(root, ".agentx");
}

export function started(run: string, title = "Log in"): EventBody {
  const plan = { title, prd: "", tasks: [], source: { file: "plan.md", format: "plan" as const } };
  return {
    type: "run.started",
    run,
    plan,
    settings,
    base: { branch: "main", commit: "c0" },
    planning: noSpend,
  };
}

export function note(text: string): EventBody {
  return { type: "note.added", task: "login", text };
}

/** Starts a program of test/fixtures/journal; it is killed with the test. */
export function startProgram(name: string, args: string[]): { child: ChildProcess; lines: Interface } {
  const program = join(import.meta.dirname, "../fixtures/journal", `${name}.ts`);
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, lines: createInterface({ input: child.stdout }) };
}

/** @returns the exit code, null when a signal ended it. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AgentxError) return error.code;
    throw error;
  }
  return "no error";
}
