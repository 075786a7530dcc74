// What describes the person or the way to a remote. Everything else named GIT_* describes a repository or
// a call (GIT_DIR, GIT_INDEX_FILE, GIT_CONFIG_PARAMETERS …) and must not leak in, e.g. when agentx is started by a hook.
const kept: ReadonlySet<string> = new Set([
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "GIT_ASKPASS",
  "GIT_SSH",
  "GIT_SSH_COMMAND",
]);

/** By it a git process is known to be one of agentx's, and whose. */
export const ownerVariable = "AGENTX_GIT_OF";

/** The environment of every git process: the caller's without what would redirect git, never a prompt, English errors. */
export function gitEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (!upper.startsWith("GIT_") || kept.has(upper))) env[name] = value;
  }
  return {
    ...env,
    [ownerVariable]: String(process.pid),
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
}

const standsVariable = "AGENTX_GIT_STANDS_BY";

/** Of a process that stands by, and writes only what its dispatcher asks for. */
export function standingEnv(): Record<string, string> {
  return { ...gitEnv(), [standsVariable]: "1" };
}

/** @param environ of a process: `name=value` each. @returns whose git it is, null where it is not agentx's */
export function gitOwner(environ: readonly string[]): { pid: number; standsBy: boolean } | null {
  const prefix = `${ownerVariable}=`;
  const owner = environ.find((entry) => entry.startsWith(prefix));
  if (owner === undefined) return null;
  return { pid: Number(owner.slice(prefix.length)), standsBy: environ.includes(`${standsVariable}=1`) };
}

/** Of a process that only reads: nobody waits for one that outlives its dispatcher by a moment. */
export function readerEnv(): Record<string, string> {
  const { [ownerVariable]: _, ...env } = gitEnv();
  return env;
}

/** Set on every call: nothing of the repository's or the person's configuration starts a program or work in the background. */
export const safeConfig: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "commit.gpgSign=false",
  "core.fsync=all",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "log.showSignature=false",
  "i18n.commitEncoding=UTF-8",
  // Names in diffs as they are: a reviewer's findings have to match them.
  "core.quotePath=false",
  // Two of agentx's calls that meet on one ref wait for each other instead of failing.
  "core.filesRefLockTimeout=5000",
];

/** Flags for `config` as `-c name=value` pairs. */
export function configFlags(config: readonly string[]): string[] {
  return config.flatMap((entry) => ["-c", entry]);
}
