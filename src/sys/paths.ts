import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, isAbsolute, join, resolve } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of agentx's own files: `AGENTX_HOME`, else the one that the repository names, else `$XDG_STATE_HOME/agentx`,
 * else `~/.local/state/agentx`.
 * @param named absolute, or null
 */
export function stateHome(env: Env, named: string | null): string {
  const own = env["AGENTX_HOME"];
  if (own !== undefined && own !== "") return resolve(own);
  if (named !== null) return named;
  const xdg = env["XDG_STATE_HOME"];
  // The XDG specification: a relative path is invalid and is ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "agentx");
  const home = env["HOME"];
  return join(home === undefined || home === "" ? homedir() : home, ".local", "state", "agentx");
}

/** The part of the state home that belongs to one repository: its name, and a hash of where it really is. */
export function repositoryHome(env: Env, repoRoot: string, named: string | null): string {
  const root = realpathSync(repoRoot);
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 8);
  return join(stateHome(env, named), `${basename(root)}-${hash}`);
}
