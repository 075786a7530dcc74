import type { HealthRow } from "../../core/health.ts";
import { probeSandbox } from "../../sandbox/probe.ts";
import type { Env } from "../../sys/paths.ts";
import { programVersion } from "../program-version.ts";
import { checkLimits } from "./check-limits.ts";
import { fail, ok } from "./row.ts";

/** Node, the sandbox, and what opens pull requests. */
export async function checkMachine(env: Env): Promise<HealthRow[]> {
  const [sandbox, gh] = await Promise.all([checkSandbox(env), checkGh(env)]);
  return [ok("node", `${process.versions.node} (${process.execPath})`), sandbox, checkLimits(), gh];
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

async function checkGh(env: Env): Promise<HealthRow> {
  const version = await programVersion("gh", env);
  return ok("gh", version ?? "not installed; only pull requests (--pr) need it");
}
