import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import type { Env } from "../sys/paths.ts";

const timeoutMs = 3000;

/** What a program says of its version, empty when it does not say, null when it is not there. */
export async function programVersion(program: string, env: Env): Promise<string | null> {
  try {
    // Away from the project, whose own configuration of these programs need not be trusted to ask for a version.
    const options = { env: { ...env }, cwd: tmpdir(), timeout: timeoutMs, killSignal: "SIGKILL" as const };
    const { stdout } = await promisify(execFile)(program, ["--version"], options);
    return /\d+(\.\d+)+\S*/.exec(stdout)?.[0] ?? "";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? null : "";
  }
}
