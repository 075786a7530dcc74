import type { SandboxLimits } from "../../core/run-settings.ts";
import { shellWord } from "../inside/shell-word.ts";

const blockBytes = 512;

/**
 * A shell's line for the helper, with the limits that a shell can set and with nothing but these variables: sandbox-exec hands on
 * what it was started with, and sandbox-runtime adds to it.
 */
export function helperLine(
  words: readonly string[],
  { env, limits }: { env: Record<string, string>; limits: SandboxLimits },
): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const set = [
    ...(limits.openFiles === null ? [] : [`ulimit -n ${limits.openFiles}`]),
    ...(limits.file === null ? [] : [`ulimit -f ${Math.ceil(limits.file / blockBytes)}`]),
  ];
  const start = ["exec", "/usr/bin/env", "-i", ...variables, ...words].map(shellWord).join(" ");
  return [...set, start].join(" && ");
}
