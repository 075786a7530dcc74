import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

export type RuntimeProbe =
  | { type: "works"; kind: "sandbox-runtime"; name: "sandbox-runtime"; version: string; file: string }
  | { type: "broken"; name: "sandbox-runtime"; version: string; file: string; reason: string; hint: string }
  | { type: "missing"; name: "sandbox-runtime"; reason: string; hint: string };

const name = "sandbox-runtime";
const probeTimeoutMs = 10_000;
/** As package.json has it: see docs/decisions/0013-other-sandboxes.md. */
const version = "0.0.83";

/** Really runs a program under a profile: the system may forbid it, as it does where agentx is under one itself. */
export async function probeRuntime(file = "/usr/bin/sandbox-exec"): Promise<RuntimeProbe> {
  if (!existsSync(file))
    return { type: "missing", name, reason: `${file} is not there`, hint: "it is a part of macOS" };
  try {
    await promisify(execFile)(file, ["-p", "(version 1)(allow default)", "/usr/bin/true"], {
      env: {},
      timeout: probeTimeoutMs,
    });
    return { type: "works", kind: "sandbox-runtime", name, version, file };
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    const hint = "start agentx outside of any other sandbox, such as another agent's";
    return { type: "broken", name, version, file, reason, hint };
  }
}
