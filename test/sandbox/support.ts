import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { noSandboxLimits, platformsSandbox } from "../../src/core/run-settings.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { probeSandbox } from "../../src/sandbox/probe.ts";
import type { ExecResult, Sandbox, SandboxProvider, SandboxSpec } from "../../src/sandbox/sandbox.ts";

const probe = await probeSandbox({
  env: process.env,
  platform: process.platform,
  choice: platformsSandbox,
  limits: noSandboxLimits,
});
const works = probe.type === "works";

/** Under CI a machine without a working sandbox fails; elsewhere the reason is in the title of what is skipped. */
export function describeSandboxed(title: string, body: () => void): void {
  if (works || process.env["CI"] === "true") describe(title, body);
  else describe.skip(`${title} (skipped: ${probe.reason})`, body);
}

export const walled = (): Promise<SandboxProvider> =>
  findSandbox({ env: process.env, unsafeNoSandbox: false });
export const open = (): Promise<SandboxProvider> => findSandbox({ env: process.env, unsafeNoSandbox: true });

/** The same for both ways of having a sandbox; `isWalled` says which one it is. */
export function describeBoth(
  title: string,
  body: (provider: () => Promise<SandboxProvider>, isWalled: boolean) => void,
): void {
  describeSandboxed(`${title}, in bubblewrap`, () => body(walled, true));
  describe(`${title}, without walls`, () => body(open, false));
}

/** A temporary folder that goes with its scope. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "agentx-test-")));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder for the worktree beside one that must stay out of reach. */
export function worktree(): { root: string; outside: string } & Disposable {
  const folder = temporaryFolder();
  const [root, outside] = [join(folder.path, "root"), join(folder.path, "outside")];
  mkdirSync(root);
  mkdirSync(outside);
  return { root, outside, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

export async function openAt(root: string, more: Partial<SandboxSpec> = {}): Promise<Sandbox> {
  return (await walled()).open(specFor(root, more));
}

export function specFor(root: string, more: Partial<SandboxSpec> = {}): SandboxSpec {
  return { root, writable: true, scratch: null, readOnly: [], env: {}, network: false, ...more };
}

export function run(sandbox: Sandbox, command: string, timeoutMs = 30_000): Promise<ExecResult> {
  return sandbox.exec({ command, timeoutMs });
}

/** The output without its last newline; for commands whose end is not the point. */
export async function outputOf(sandbox: Sandbox, command: string): Promise<string> {
  return (await run(sandbox, command)).output.trimEnd();
}

/** Pids on this machine whose command line holds `marker`, this process and its own kind not counted. */
export function processesWith(marker: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return pid !== process.pid && words.includes(marker);
      } catch {
        return false;
      }
    });
}

/** Waits until `isTrue`, for at most `ms`; says whether it came true. */
export async function eventually(isTrue: () => boolean, ms = 3_000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end;) {
    if (isTrue()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return isTrue();
}
