import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import type { HealthRow } from "../../core/health.ts";
import { probeSandbox } from "../../sandbox/probe.ts";
import type { Env } from "../../sys/paths.ts";
import { fail, ok } from "./row.ts";

const versionTimeoutMs = 3000;
const agentPrograms = ["claude", "codex", "gemini", "opencode", "pi"];

/** Node, the sandbox, and the programs of other vendors. */
export async function checkMachine(env: Env): Promise<HealthRow[]> {
  const [sandbox, gh, agents] = await Promise.all([checkSandbox(env), checkGh(env), checkAgents(env)]);
  return [ok("node", `${process.versions.node} (${process.execPath})`), sandbox, agents, gh];
}

async function checkSandbox(env: Env): Promise<HealthRow> {
  const probe = await probeSandbox({ path: env["PATH"] ?? "", platform: process.platform });
  if (probe.type === "works") return ok("sandbox", `${probe.name} ${probe.version} (${probe.file})`);
  const what =
    probe.type === "missing"
      ? probe.reason
      : `bubblewrap ${probe.version} cannot open a sandbox: ${probe.reason}`;
  return fail("sandbox", what, probe.hint);
}

async function checkAgents(env: Env): Promise<HealthRow> {
  const versions = await Promise.all(agentPrograms.map((program) => versionOf(program, env)));
  const found = agentPrograms.flatMap((program, at) => {
    const version = versions[at] ?? null;
    return version === null ? [] : [`${program} ${version}`.trimEnd()];
  });
  return ok(
    "agents",
    found.length === 0
      ? "api, which is built in; no other agent program was found"
      : `api; found ${found.join(", ")}`,
  );
}

async function checkGh(env: Env): Promise<HealthRow> {
  const version = await versionOf("gh", env);
  return ok("gh", version ?? "not installed; only pull requests (--pr) need it");
}

/** What a program says of its version, empty when it does not say, null when it is not there. */
async function versionOf(program: string, env: Env): Promise<string | null> {
  try {
    // Away from the project, whose own configuration of these programs need not be trusted to ask for a version.
    const options = {
      env: { ...env },
      cwd: tmpdir(),
      timeout: versionTimeoutMs,
      killSignal: "SIGKILL" as const,
    };
    const { stdout } = await promisify(execFile)(program, ["--version"], options);
    return /\d+(\.\d+)+\S*/.exec(stdout)?.[0] ?? "";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? null : "";
  }
}
