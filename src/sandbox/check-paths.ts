import { lstatSync, realpathSync, type Stats } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { AgentxError } from "../core/error.ts";
import type { SandboxSpec } from "./sandbox.ts";

/**
 * A path inside a folder that was writable for whoever worked there may have become a symbolic link; mounting it would
 * bring the link's target in. bwrap follows links of its sources, so they are refused here: AgentxError SANDBOX_PATH.
 */
export function checkPaths(spec: SandboxSpec): void {
  const { root, scratch, readOnly } = spec;
  const [home, door] = [spec.home ?? null, spec.door ?? null];
  const given = [root, ...readOnly, scratch, home, door].filter((path) => path !== null);
  const notAbsolute = given.find((path) => !isAbsolute(path) || path.includes("\0"));
  if (notAbsolute !== undefined) refuse(notAbsolute, "a sandbox path must be absolute");
  realOf(root, "there is no such folder");
  const writable = [root, scratch, home].filter((path) => path !== null);
  for (const path of given.slice(1)) checkInside(path, writable);
  checkOwnFolders(spec);
}

/** HOME and the door are mounted at places of their own, so they must be what they are called: folders, and the door out of reach. */
export function checkOwnFolders({ root, scratch, home = null, door = null }: SandboxSpec): void {
  for (const path of [home, door]) {
    if (path === null) continue;
    const info = lookAt(path);
    if (!info.isDirectory()) refuse(path, "it is not a folder, or a symbolic link to one");
  }
  if (door === null) return;
  const place = [root, scratch, home].find((folder) => folder !== null && isWithin(door, folder));
  if (place !== undefined) refuse(door, "the door must not lie where the worker can write");
}

function checkInside(path: string, folders: readonly string[]): void {
  const target = realOf(path, "there is no such file or folder");
  for (const folder of folders) {
    if (path === folder || !isWithin(path, folder)) continue;
    const real = realOf(folder, "there is no such folder");
    if (target === join(real, relative(folder, path))) continue;
    refuse(path, `it is a symbolic link inside the worktree, to ${target}`);
  }
}

function realOf(path: string, otherwise: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return refuse(path, otherwise);
  }
}

function lookAt(path: string): Stats {
  try {
    return lstatSync(path);
  } catch {
    return refuse(path, "there is no such folder");
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../");
}

function refuse(path: string, what: string): never {
  throw new AgentxError("SANDBOX_PATH", { where: path, what, hint: "" });
}
