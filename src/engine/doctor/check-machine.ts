import type { HealthRow } from "../../core/health.ts";
import type { Env } from "../../sys/paths.ts";
import { programVersion } from "../program-version.ts";
import { checkSandbox } from "./check-sandbox.ts";
import { ok } from "./row.ts";

/** Node, the sandbox, and what opens pull requests. */
export async function checkMachine(cwd: string, env: Env): Promise<HealthRow[]> {
  const [sandbox, gh] = await Promise.all([checkSandbox(cwd, env), checkGh(env)]);
  return [ok("node", `${process.versions.node} (${process.execPath})`), ...sandbox, gh];
}

async function checkGh(env: Env): Promise<HealthRow> {
  const version = await programVersion("gh", env);
  return ok("gh", version ?? "not installed; only pull requests (--pr) need it");
}
