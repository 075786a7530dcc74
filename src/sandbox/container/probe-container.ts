import { existsSync, readFileSync, realpathSync } from "node:fs";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { helperFolder } from "../helper-command.ts";
import { readHardLimits } from "../limits/rlimits.ts";
import { type ContainerHost, isolation, limitFlags, nodeMount } from "./container-args.ts";
import { askEngine, type Engine, type EngineName, findEngine } from "./engine.ts";
import { type Caller, identityFor } from "./identity.ts";
import { tightened } from "./seccomp-profile.ts";

export type ContainerProbe =
  | {
      type: "works";
      kind: "container";
      name: EngineName;
      version: string;
      file: string;
      engine: Engine;
      host: ContainerHost;
      /** PATH of the image. */
      path: string;
    }
  | { type: "broken"; name: EngineName; version: string; file: string; reason: string; hint: string }
  | { type: "missing"; name: EngineName; reason: string; hint: string };

export type ContainerProbeOptions = {
  name: EngineName;
  image: string | null;
  env: Readonly<Record<string, string | undefined>>;
  limits: SandboxLimits;
};

/** agentx's own oldest Node. */
const oldestNode = 24;

/** Really starts a container, with the walls and limits of a sandbox: an engine that is there may still not be able to. */
export async function probeContainer({
  name,
  image,
  env,
  limits,
}: ContainerProbeOptions): Promise<ContainerProbe> {
  const missing = (reason: string, hint: string): ContainerProbe => ({ type: "missing", name, reason, hint });
  if (image === null)
    return missing(
      "sandbox.image names no image",
      "set `sandbox.image` in agentx.yaml, for instance node:24",
    );
  const engine = findEngine(name, env);
  if (engine === null)
    return missing(
      `${name} is not on the PATH`,
      `install ${name}, or leave \`sandbox.use\` out of agentx.yaml`,
    );
  const { file } = engine;
  const { version, failure } = await readVersion(engine);
  const broken = (reason: string, hint: string): ContainerProbe => ({
    type: "broken",
    name,
    version,
    file,
    reason: reason.trim(),
    hint,
  });
  if (failure !== null) return broken(failure, `start ${name}: \`${name} info\` must work`);
  const found = await askEngine(engine, ["image", "inspect", "--format", "{{.Id}}", image]);
  if (!found.ok) return broken(found.stderr, `get the image: \`${name} pull ${image}\`, or build it`);
  const caller = await callerOf(engine);
  if ("reason" in caller) return broken(caller.reason, `see what \`${name} info\` says`);
  const identity = identityFor({ engine: name, ...caller });
  if ("reason" in identity)
    return broken(identity.reason, "run agentx as an ordinary user, or use podman or bubblewrap");
  const node = realpathSync(process.execPath);
  const isSelinux = existsSync("/sys/fs/selinux/enforce");
  const host: ContainerHost = {
    engine: name,
    image,
    identity,
    node,
    helperFolder,
    isSelinux,
    hard: readHard(),
    seccomp: name === "podman" ? readSeccomp() : null,
  };
  const tried = await tryImage(engine, host, limits);
  if ("reason" in tried) return broken(tried.reason, tried.hint);
  const { path, hasOwnNode } = tried;
  const usable = hasOwnNode ? host : { ...host, node: null };
  return { type: "works", kind: "container", name, version, file, engine, host: usable, path };
}

async function readVersion(engine: Engine): Promise<{ version: string; failure: string | null }> {
  const side = engine.name === "docker" ? "Server" : "Client";
  const { ok, stdout, stderr } = await askEngine(engine, ["version", "--format", `{{.${side}.Version}}`]);
  return { version: stdout.trim(), failure: ok ? null : stderr };
}

async function callerOf(engine: Engine): Promise<Omit<Caller, "engine"> | { reason: string }> {
  const format = engine.name === "docker" ? "{{.SecurityOptions}}" : "{{.Host.Security.Rootless}}";
  const { ok, stdout, stderr } = await askEngine(engine, ["info", "--format", format]);
  if (!ok) return { reason: stderr };
  const isRootless = engine.name === "docker" ? stdout.includes("name=rootless") : stdout.trim() === "true";
  return { isRootless, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

/** Not where there is no /proc: there, containers live in a machine of their own. */
function readHard(): ContainerHost["hard"] {
  return existsSync("/proc/self/limits") ? readHardLimits(readFileSync("/proc/self/limits", "utf8")) : null;
}

/** podman lets a container make namespaces of its own. On other processors the flags may lie elsewhere. */
function readSeccomp(): string | null {
  const file = ["/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"].find((path) =>
    existsSync(path),
  );
  if (file === undefined || !["x64", "arm64"].includes(process.arch)) return null;
  return tightened(readFileSync(file, "utf8"));
}

type Tried = { path: string; hasOwnNode: boolean } | { reason: string; hint: string };

/** Whether this Node runs in there: it is made for glibc, and an image may have another C library, or be of another system. */
async function tryImage(engine: Engine, host: ContainerHost, limits: SandboxLimits): Promise<Tried> {
  const isNew = `-e "process.exit(parseInt(process.versions.node) < ${oldestNode} ? 1 : 0)"`;
  const script = `if /run/agentx/node ${isNew} 2>/dev/null; then echo mounted; elif node ${isNew} 2>/dev/null; then echo image; else echo none; fi; printf %s "$PATH"`;
  const { ok, stdout, stderr } = await askEngine(engine, [
    "run",
    "--rm",
    "--pull",
    "never",
    "--log-driver",
    "none",
    "--no-healthcheck",
    ...isolation(host),
    ...limitFlags({ host, limits }),
    ...nodeMount(host.node).flatMap((mount) => mount.args),
    "--entrypoint",
    "/bin/sh",
    host.image,
    "-c",
    script,
  ]);
  if (!ok)
    return {
      reason: stderr,
      hint: `see what \`${engine.name} run\` says; a limit that cannot be had here can be set to null in \`sandbox.limits\``,
    };
  const [which = "", path = ""] = stdout.split("\n");
  if (which === "mounted" || which === "image") return { path, hasOwnNode: which === "mounted" };
  return {
    reason: `no Node ${oldestNode} runs in the image ${host.image}: not agentx's own, and it brings none`,
    hint: `use an image with glibc, or one that has Node ${oldestNode}`,
  };
}
