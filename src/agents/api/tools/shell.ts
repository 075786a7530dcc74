import { z } from "zod";
import { plainText } from "../../../core/plain-text.ts";
import type { ExecResult } from "../../../sandbox/sandbox.ts";
import { defineTool, type Tool, type ToolScope } from "../tool.ts";

const defaultSeconds = 120;
const maxSeconds = 1200;

export const shellTool: Tool = defineTool({
  name: "shell",
  description:
    "Run a command with sh -c in the repository's root. No network, nobody to type: use flags that do not ask.",
  input: z.object({
    command: z.string().min(1),
    timeout_seconds: z.int().min(1).max(maxSeconds).optional().describe(`${defaultSeconds} unless given`),
  }),
  isReadOnly: false,
  isRepeatable: false,
  describe: ({ command }) => `runs ${command}`,
  run: async ({ command, timeout_seconds = defaultSeconds }, scope) => {
    const quiet = watchSilence(scope);
    try {
      const result = await scope.sandbox.exec({
        command,
        timeoutMs: timeout_seconds * 1000,
        signal: AbortSignal.any([scope.signal, quiet.signal]),
        onOutput: quiet.onOutput,
      });
      return [endOf(result, quiet.signal), plainText(result.output).trimEnd()]
        .filter((part) => part !== "")
        .join("\n");
    } finally {
      quiet.stop();
    }
  },
});

function endOf(result: ExecResult, quiet: AbortSignal): string {
  const seconds = (result.ms / 1000).toFixed(1);
  if (result.type === "exited") return `exit ${result.exitCode} after ${seconds} s`;
  if (result.type === "timed-out") return `stopped after ${seconds} s: the timeout`;
  if (quiet.aborted) return `stopped after ${seconds} s: it said nothing for too long`;
  return `killed after ${seconds} s: ${result.reason}`;
}

/** A hanging command is the model's to deal with, so it is stopped before the attempt counts as stalled. */
function watchSilence(scope: ToolScope): { signal: AbortSignal; onOutput: () => void; stop: () => void } {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("no output")), scope.silenceMs);
  const onOutput = (): void => {
    timer.refresh();
    scope.onOutput();
  };
  return { signal: silence.signal, onOutput, stop: () => clearTimeout(timer) };
}
