import type { HealthRow } from "../../core/health.ts";
import { findLimitMeans, type LimitMeans } from "../../sandbox/limits/limit-means.ts";
import { ok, warn } from "./row.ts";

const cgroupFix =
  "for all of them, run agentx where your user has a cgroup of its own, for instance `systemd-run --user --scope agentx …`";
const prlimitFix = "install `prlimit` (package util-linux)";

/** By what a sandbox is held to `sandbox.limits` here. */
export function checkLimits(means: LimitMeans = findLimitMeans()): HealthRow {
  const parts = [
    `memory ${means.memory === "rlimit" ? "watched by the sandbox, and by prlimit" : wordsOf(means, means.memory)}`,
    `processes ${wordsOf(means, means.processes)}`,
    `files ${means.files === "rlimit" ? "by prlimit" : "without a limit"}`,
  ];
  const what = parts.join("; ");
  const missing = [means.memory, means.processes, means.files].includes("none");
  return missing ? warn("limits", what, means.prlimit === null ? prlimitFix : cgroupFix) : ok("limits", what);
}

/** Where another program sees to them. */
export function checkOtherLimits(name: "docker" | "podman" | "sandbox-runtime"): HealthRow {
  if (name !== "sandbox-runtime") return ok("limits", `memory, processes and files by ${name}`);
  const what = "memory without a limit; processes without a limit; files by ulimit";
  return warn("limits", what, "for all of them, set `sandbox.use: docker` in agentx.yaml");
}

function wordsOf({ cgroup }: LimitMeans, means: LimitMeans["memory"]): string {
  if (means === "none") return "without a limit";
  return means === "cgroup" ? `by cgroup v${cgroup?.version ?? 2}` : "by prlimit";
}
