import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import { type NpmProgram, releases } from "../support/npm-program.ts";

/** Where and with what it was measured, as lines of a list. */
export function describeMachine(programs: readonly NpmProgram[] = []): string {
  const all = cpus();
  const agentx = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  const versions = programs.map((name) => `${name} ${releases[name].version}`);
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `- ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC; ${all.length} × ${all[0]?.model.trim() ?? "unknown"}, ${memory} GiB, Linux ${kernel}`,
    `- agentx ${agentx.version}, Node ${process.version}, ${versionOf("bwrap")}`,
    ...(versions.length > 0 ? [`- ${versions.join(", ")}`] : []),
  ].join("\n");
}

function versionOf(program: string): string {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
}

/** Processes that want a core: the mean of the last minute. Ours are among them. */
export function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(2);
}
