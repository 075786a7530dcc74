import { diskErrorOf } from "../core/disk-error.ts";
import { AgentxError, exitCodes } from "../core/error.ts";
import { ExecLog } from "./exec-log.ts";
import { HelperProcess, type HelperStart } from "./helper-process.ts";
import type { Bounds } from "./limits/bounds.ts";
import { DiskWatch } from "./limits/disk-watch.ts";
import { endWritersTimeoutMs, graceMs, maxReadBytes, searchTimeoutMs, slackMs } from "./protocol.ts";
import {
  endedSchema,
  execSchema,
  listSchema,
  overLimitsSchema,
  readSchema,
  searchSchema,
} from "./replies.ts";
import type { ExecRequest, ExecResult, Sandbox } from "./sandbox.ts";
import { startSpawned } from "./start-spawned.ts";
import { effect, effectSync } from "../sys/failpoint.ts";

/** Starts the helper that `start` names and speaks for it. Throws AgentxError SANDBOX_OPEN. */
export async function openSession(start: HelperStart): Promise<Sandbox> {
  const helper = await effect("sandbox.open", () => startHelper(start));
  const disk = watchDisk(start.disk, helper);
  const close = async (): Promise<void> => {
    disk?.stop();
    await effect("sandbox.close", () => helper.close());
  };
  return {
    exec: (request) => effect("command.run", () => exec(request, { helper, bounds: start.bounds, disk })),
    spawn: (request) => effectSync("guest.start", () => startSpawned(helper, request)),
    home: start.env["HOME"] ?? "/",
    openDoor: async () => {
      if (helper.door !== null) return helper.door;
      const what = "this sandbox was opened without a door";
      throw new AgentxError("SANDBOX_DOOR", { where: start.root, what, hint: "" }, exitCodes.someNotMerged);
    },
    readFile: async (path, range = { offset: 0, maxBytes: maxReadBytes }) =>
      readSchema.parse(await helper.call({ type: "readFile", path, ...range }, slackMs).done),
    writeFile: async (path, text) => {
      await helper.call({ type: "writeFile", path, text }, slackMs).done;
    },
    list: async (path, { depth, limit }) =>
      listSchema.parse(await helper.call({ type: "list", path, depth, limit }, 2 * slackMs).done),
    search: async (pattern, { path, glob, limit }) => {
      const call = helper.call({ type: "search", pattern, path, glob, limit }, searchTimeoutMs + slackMs);
      return searchSchema.parse(await call.done);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startHelper(start: HelperStart): Promise<HelperProcess> {
  const helper = new HelperProcess(start);
  await helper.waitUntilReady();
  return helper;
}

type Session = { helper: HelperProcess; bounds: Bounds; disk: DiskWatch | null };

function watchDisk(start: HelperStart["disk"], helper: HelperProcess): DiskWatch | null {
  if (start === null || Object.values(start.limits).every((limit) => limit === null)) return null;
  return new DiskWatch(start.folders, start.limits, {
    endWriters: async (which) =>
      endedSchema.parse(await helper.call({ type: "endWriters", which }, endWritersTimeoutMs).done),
    end: (reason) => helper.end(reason),
  });
}

async function exec(request: ExecRequest, { helper, bounds, disk }: Session): Promise<ExecResult> {
  const { command, timeoutMs, signal, onOutput } = request;
  if (signal?.aborted === true)
    return { type: "killed", reason: "canceled", output: "", totalBytes: 0, ms: 0 };
  const log = request.log === undefined ? null : new ExecLog(request.log, request.redactLog);
  const tell = log !== null ? "text" : onOutput !== undefined ? "signs" : "nothing";
  const onText = (text: string): void => {
    const busy = log?.write(text) ?? null;
    if (busy !== null) helper.holdOutput(busy);
  };
  const { id, done } = helper.call(
    { type: "exec", command, timeoutMs, tell },
    timeoutMs + graceMs + slackMs,
    (reply) => {
      onOutput?.();
      if (reply.type === "output") onText(reply.text);
    },
  );
  // After the abort a command has its grace time; a helper that does not even answer then is ended with the sandbox.
  const onAbort = (): void => helper.tell({ type: "cancel", id });
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const value = await done;
    const result = execSchema.parse(value);
    const { overMemory, overDisk } = overLimitsSchema.parse(value);
    const why =
      overDisk > 0 && disk !== null
        ? `agentx: it ran into a limit of its sandbox: ${disk.why}`
        : bounds.explain(result, overMemory);
    if (why === null) return result;
    const line = `${result.output === "" || result.output.endsWith("\n") ? "" : "\n"}${why}\n`;
    onText(line);
    return {
      ...result,
      output: result.output + line,
      totalBytes: result.totalBytes + Buffer.byteLength(line),
    };
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await closeLog(log, request.log ?? "");
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
