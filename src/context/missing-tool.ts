import { plainText } from "../core/plain-text.ts";

/** What a shell or a runner of scripts says when there is nothing to run. Its exit code is its own: npm and make end with 1 and 2. */
const missing: readonly RegExp[] = [
  /^npm (?:error|ERR!) (Missing script: .+)$/,
  /^ *(?:ERR_PNPM_NO_SCRIPT|\[ERR_PNPM_NO_SCRIPT\]) +(.+)$/,
  /^(?:Usage Error: |error )((?:Couldn't find a script named|Command) "[^"]+"(?: not found\.?)?.*)$/,
  /^error: (Script not found ".+")$/,
  /^npm (?:error|ERR!) (could not determine executable to run)$/,
  /^make: \*\*\* (No rule to make target .+)  Stop\.$/,
  /^make(?:\[\d+\])?: (\S+: No such file or directory)$/,
  /^\S*python[\d.]*: (No module named \S+)$/,
  /^(?:\S*sh: )(?:line )?(?:\d+: )?(\S+: (?:command )?not found)$/,
  /^(env: .+: No such file or directory)$/,
  /^error: (no such command: .+)$/,
];

/**
 * The tool or script that a red gate's output says is missing, in the words of who missed it; null where none is. Only
 * the last lines count: a test may well print such words, but hardly as its last.
 */
export function missingTool(output: string): string | null {
  const lines = plainText(output.slice(-4096))
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  for (const line of lines.slice(-lastLines)) {
    for (const pattern of missing) {
      const said = pattern.exec(line)?.[1];
      if (said !== undefined) return said;
    }
  }
  return null;
}

/** npm says more after it: which scripts there are, where its log is. */
const lastLines = 12;

/** Whether a green gate's whole output is that its tool is missing: a script such as `vitest || true`. */
export function saysOnlyMissing(output: string): string | null {
  const said = plainText(output)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(> |npm warn )/.test(line));
  return said.length === 1 ? missingTool(said.join("\n")) : null;
}
