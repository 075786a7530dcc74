import { formatByteSize } from "../../core/byte-size.ts";
import type { HealthRow } from "../../core/health.ts";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { diskSpace } from "../../sandbox/limits/disk-usage.ts";
import { ok, warn } from "./row.ts";

/** What a sandbox may write, and whether there is room for it. */
export async function checkDisk(
  folder: string,
  { disk, diskFree }: Pick<SandboxLimits, "disk" | "diskFree">,
): Promise<HealthRow> {
  const most = disk === null ? "without a limit" : `at most ${formatByteSize(disk)} a sandbox`;
  const floor = diskFree === null ? "" : `; ${formatByteSize(diskFree)} stays free`;
  const space = await diskSpace(folder);
  const left = space === null ? "" : ` of ${formatByteSize(space.bytes - (space.bytes % 2 ** 20))} here`;
  const what = `watched: ${most}${floor}${left}`;
  if (disk === null && diskFree === null) return ok("disk", "without a limit");
  if (diskFree !== null && space !== null && space.bytes < diskFree)
    return warn(
      "disk",
      `${what}: what writes in a sandbox is ended`,
      "make room, or lower sandbox.limits.diskFree",
    );
  return ok("disk", what);
}
