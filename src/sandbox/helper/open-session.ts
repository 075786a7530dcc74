import { takeHelperPipes } from "./helper-pipes.ts";
import { type HelperProcess, type HelperStart, startHelper } from "./helper-process.ts";
import type { Bounds } from "../limits/bounds.ts";
import { type DiskWatch, watchDisk } from "../limits/disk-watch.ts";
import { recordExec } from "../record-exec.ts";
import { endWritersTimeoutMs, graceMs, maxReadBytes, searchTimeoutMs, slackMs } from "../inside/protocol.ts";
import {
  endedSchema,
  execSchema,
  listSchema,
  overLimitsSchema,
  readSchema,
  searchSchema,
} from "./replies.ts";
import { doorlessError } from "../sandbox-errors.ts";
import type { ExecRequest, ExecResult, Sandbox } from "../sandbox.ts";
import { startSpawned } from "./start-spawned.ts";
import { takeTurn } from "../../sys/take-turn.ts";
import { effect, effectSync } from "../../sys/failpoint.ts";

/** Starts the helper that `start` names and speaks for it. Throws AgentxError SANDBOX_OPEN. */
export async function openSession(start: HelperStart): Promise<Sandbox> {
  return sessionOf(await effect("sandbox.open", () => openHelper(start)), start);
}

/** Speaks for a helper that is there. */
export function sessionOf(
  helper: HelperProcess,
  start: Pick<HelperStart, "root" | "env" | "bounds" | "disk">,
): Sandbox {
  const disk = watchDisk(start.disk, {
    endWriters: async (which) =>
      endedSchema.parse(await helper.call({ type: "endWriters", which }, endWritersTimeoutMs).done),
    end: (reason) => helper.end(reason),
  });
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
      throw doorlessError(start.root);
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

async function openHelper(start: HelperStart): Promise<HelperProcess> {
  const helper = startHelper(start, await takeHelperPipes());
  await helper.waitUntilReady();
  return helper;
}

type Session = { helper: HelperProcess; bounds: Bounds; disk: DiskWatch | null };

function exec(request: ExecRequest, { helper, bounds, disk }: Session): Promise<ExecResult> {
  const { command, timeoutMs, signal } = request;
  return recordExec(request, {
    bounds,
    disk,
    run: async ({ onText, onSign }) => {
      const tell = onText !== null ? "text" : onSign !== null ? "signs" : "nothing";
      const { id, done } = helper.call(
        { type: "exec", command, timeoutMs, tell },
        timeoutMs + graceMs + slackMs,
        (reply) => {
          if (reply.type === "sign") onSign?.();
          const busy = reply.type === "output" ? (onText?.(reply.text) ?? null) : null;
          if (busy !== null) helper.holdOutput(busy);
        },
      );
      // After the abort a command has its grace time; a helper that does not even answer then is ended with the sandbox.
      const onAbort = (): void => helper.tell({ type: "cancel", id });
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const value = await done;
        await takeTurn();
        return { result: execSchema.parse(value), ...overLimitsSchema.parse(value) };
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
  });
}
