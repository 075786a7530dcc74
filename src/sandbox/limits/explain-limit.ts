import { formatByteSize } from "../../core/byte-size.ts";
import type { SandboxLimits } from "../../core/run-settings.ts";
import type { ExecResult } from "../sandbox.ts";

type LimitName = keyof SandboxLimits;
export type Refusals = { memory: number; processes: number };

/** What programs say when the system refuses them more; only a hint, since a test may print the same. */
const signs: readonly [LimitName, RegExp][] = [
  ["file", /File size limit exceeded|File too large|\bEFBIG\b/],
  ["openFiles", /Too many open files|\bEMFILE\b/],
  [
    "processes",
    /(?:fork|pthread_create)\b.*Resource temporarily unavailable|[Cc](?:annot|an't) fork|\bEAGAIN\b|can't start new thread/,
  ],
  [
    "memory",
    /Cannot allocate memory|\bENOMEM\b|\bMemoryError\b|std::bad_alloc|ERR_MEMORY_ALLOCATION_FAILED|[Oo]ut of memory/,
  ],
  // The folders that lie in memory are as large as the limit allows.
  ["memory", /No space left on device|\bENOSPC\b/],
];
/** 128 and the signal's number, as a shell tells it. */
const tooLargeExit = 128 + 25;
const lookedAtChars = 4_096;

/**
 * The sentence that says which limit a failed command ran into, or null. `refused` is what the kernel counted while it ran, for
 * the whole sandbox: certain for a command that runs alone, likely for one of several.
 */
export function explainLimit(
  result: ExecResult,
  { limits, refused }: { limits: SandboxLimits; refused: Refusals },
): string | null {
  if (result.type === "exited" && result.exitCode === 0) return null;
  const certain = (["memory", "processes"] as const).find((name) => refused[name] > 0);
  if (certain !== undefined) return sentence(certain, limits, "it ran into a limit of its sandbox");
  if (endedByFileSize(result)) return sentence("file", limits, "it ran into a limit of its sandbox");
  const tail = result.output.slice(-lookedAtChars) + (result.type === "killed" ? result.reason : "");
  const sign = signs.find(([name, pattern]) => limits[name] !== null && pattern.test(tail));
  return sign === undefined
    ? null
    : sentence(sign[0], limits, "it looks as if it ran into a limit of its sandbox");
}

function endedByFileSize(result: ExecResult): boolean {
  if (result.type === "exited") return result.exitCode === tooLargeExit;
  return result.type === "killed" && result.reason.includes("SIGXFSZ");
}

function sentence(name: LimitName, limits: SandboxLimits, what: string): string | null {
  const limit = limits[name];
  if (limit === null) return null;
  const size = name === "memory" || name === "file" ? formatByteSize(limit) : String(limit);
  return `agentx: ${what}: sandbox.limits.${name} is ${size}`;
}
