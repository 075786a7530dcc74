import type { SandboxLimits } from "../../core/run-settings.ts";
import type { SandboxSpec } from "../sandbox.ts";
import type { DiskLimits } from "./disk-watch.ts";

/** The folders of the host in which what is inside may write. */
export function watchedDisk(
  { root, writable, scratch, home = null, gitScratch = null }: SandboxSpec,
  { disk, diskFree }: SandboxLimits,
): { folders: string[]; limits: DiskLimits } {
  const folders = [writable ? root : null, scratch, home, gitScratch].filter((path) => path !== null);
  return { folders, limits: { disk, diskFree } };
}
