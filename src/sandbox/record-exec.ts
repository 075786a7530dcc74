import { diskErrorOf } from "../core/disk-error.ts";
import { AgentxError, exitCodes } from "../core/error.ts";
import type { OnText } from "./inside/collect-output.ts";
import { ExecLog } from "./exec-log.ts";
import type { Bounds } from "./limits/bounds.ts";
import type { DiskWatch } from "./limits/disk-watch.ts";
import type { ExecRequest, ExecResult } from "./sandbox.ts";

/** How a command ended, and how many processes were ended meanwhile for their memory and for what they wrote. */
export type Ran = { result: ExecResult; overMemory: number; overDisk: number };

/** @property disk null where nobody watches it */
type Around = {
  bounds: Pick<Bounds, "explain">;
  disk: Pick<DiskWatch, "why"> | null;
  run: (told: Told) => Promise<Ran>;
};

/**
 * What is wanted before the end: with a log all output, whose promise is for when the log has caught up; without one at most
 * signs that there is some.
 */
export type Told = { onText: OnText | null; onSign: (() => void) | null };

/** What is the same of every command: its log, its listener, and the sentence on a limit that it ran into. */
export async function recordExec(
  { signal, onOutput, log: path, redactLog }: ExecRequest,
  { bounds, disk, run }: Around,
): Promise<ExecResult> {
  if (signal?.aborted === true)
    return { type: "killed", reason: "canceled", output: "", totalBytes: 0, ms: 0 };
  const log = path === undefined ? null : new ExecLog(path, redactLog);
  const onText = (text: string): Promise<void> | null => {
    onOutput?.();
    return log?.write(text) ?? null;
  };
  try {
    const { result, overMemory, overDisk } = await run({
      onText: log === null ? null : onText,
      onSign: onOutput ?? null,
    });
    const why =
      overDisk > 0 && disk !== null
        ? `agentx: it ran into a limit of its sandbox: ${disk.why}`
        : bounds.explain(result, overMemory);
    if (why === null) return result;
    const line = `${result.output === "" || result.output.endsWith("\n") ? "" : "\n"}${why}\n`;
    void onText(line);
    return {
      ...result,
      output: result.output + line,
      totalBytes: result.totalBytes + Buffer.byteLength(line),
    };
  } finally {
    await closeLog(log, path ?? "");
  }
}

async function closeLog(log: ExecLog | null, path: string): Promise<void> {
  try {
    await log?.close();
  } catch (error) {
    const disk = diskErrorOf(error);
    if (disk !== null) throw disk;
    const what = `the command's log could not be written: ${error instanceof Error ? error.message : String(error)}`;
    throw new AgentxError("SANDBOX_LOG", { where: path, what, hint: "" }, exitCodes.someNotMerged);
  }
}
