import { execFile } from "node:child_process";
import { delimiter, isAbsolute, join } from "node:path";
import { isExecutable } from "../../sys/is-executable.ts";

export type EngineName = "docker" | "podman";

/** A container engine's command line. */
export type Engine = {
  name: EngineName;
  /** Absolute path. */
  file: string;
  /** What of the person's environment it needs to find its daemon, its storage and its own programs. */
  env: Record<string, string>;
};

type Env = Readonly<Record<string, string | undefined>>;
export type EngineAnswer = { ok: boolean; stdout: string; stderr: string };

const answerTimeoutMs = 60_000;
/** Not the proxies: they may hold passwords, and podman hands them on to containers. */
const needed =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_.*|DOCKER_.*|CONTAINER_.*|CONTAINERS_.*|DBUS_SESSION_BUS_ADDRESS)$/;

/** Null where it is not on the PATH; never one that a project brought. */
export function findEngine(name: EngineName, env: Env): Engine | null {
  const entries = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((entry) => isAbsolute(entry) && !entry.includes("node_modules"));
  const file = entries.map((entry) => join(entry, name)).find(isExecutable);
  return file === undefined ? null : { name, file, env: engineEnv(env) };
}

export function engineEnv(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter(([key, value]) => value !== undefined && needed.test(key));
  return Object.fromEntries(kept) as Record<string, string>;
}

/** Never throws: an engine that is not there or does not answer has said why in `stderr`. */
export function askEngine({ file, env }: Engine, args: string[]): Promise<EngineAnswer> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, cwd: "/", timeout: answerTimeoutMs }, (error, stdout, stderr) =>
      resolve({
        ok: error === null,
        stdout,
        stderr: error !== null && stderr === "" ? error.message : stderr,
      }),
    );
    child.stdin?.end();
  });
}
