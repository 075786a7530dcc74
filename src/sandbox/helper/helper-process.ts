import { finished } from "node:stream/promises";
import type { AgentxError } from "../../core/error.ts";
import { splitLines } from "../inside/json-lines.ts";
import {
  maxReplyBytes,
  openTimeoutMs,
  type About,
  type Call,
  type DoorPlace,
  type EgressPlace,
  type Reply,
  type Request,
  type StartMessage,
} from "../inside/protocol.ts";
import type { WatchedDisk } from "../limits/disk-watch.ts";
import type { Bounds } from "../limits/bounds.ts";
import { replySchema } from "./replies.ts";
import { closed, lost, notOpened } from "../sandbox-errors.ts";
import { SandboxFileError } from "../sandbox.ts";
import { howEnded } from "../../sys/processes/how-ended.ts";
import { type CoveredChild, spawnCovered } from "../spawn-covered.ts";
import { type HelperPipes, type HelperStreams, streamsOf } from "./helper-pipes.ts";

const closeGraceMs = 1_000;
const keptErrorBytes = 4_096;

/** What a helper is told of its sandbox, and what is known of it here. */
export type HelperSettings = {
  root: string;
  env: Record<string, string>;
  door: DoorPlace | null;
  egress: EgressPlace | null;
  bounds: Bounds;
};

export type HelperStart = HelperSettings & {
  /** The program that becomes the sandbox, or that asks for it, and its arguments. */
  file: string;
  args: string[];
  /** That program's own environment, which whatever is in the sandbox may be able to read. */
  programEnv: Record<string, string>;
  /** Contents that the program reads from file descriptors 3, 4, 5 … */
  inputs: (string | Uint8Array)[];
  disk: WatchedDisk;
};

/** The process that is a helper, or becomes one. */
export type HelperChild = { child: Pick<CoveredChild, "held" | "ended" | "kill">; streams: HelperStreams };

/** @param pipes null where the process that is started makes its own */
export function startHelper(start: HelperStart, pipes: HelperPipes | null): HelperProcess {
  const { file, args, programEnv, inputs, bounds } = start;
  const stdio = pipes?.fds ?? (["stream", "stream", "stream"] as const);
  const child = spawnCovered(file, args, { env: programEnv, stdio, inputs, hold: bounds.hold });
  void child.begun.then(() => pipes?.release());
  return new HelperProcess({ child, streams: pipes ?? streamsOf(child) }, start);
}

/** What comes before the answer. */
type Listener = (reply: Extract<Reply, { type: "output" | "errorOutput" | "sign" | "took" }>) => void;

type Pending = {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  listener: Listener;
  late: NodeJS.Timeout | undefined;
};

/** The process at the other end of the protocol, with its calls in flight. */
export class HelperProcess {
  readonly #child: HelperChild["child"];
  readonly #streams: HelperStreams;
  readonly #root: string;
  readonly #pending = new Map<number, Pending>();
  readonly #gone: Promise<void>;
  #nextId = 1;
  #stderr = "";
  #ready: (() => void) | null = null;
  /** The door's address inside. */
  door: string | null = null;
  /** Why no call can be answered any more; null while it lives. */
  #end: AgentxError | null = null;

  constructor({ child, streams }: HelperChild, { root, env, door, egress, bounds }: HelperSettings) {
    this.#root = root;
    this.#child = child;
    this.#streams = streams;
    const { stdin, stdout, stderr } = streams;
    // A dead child's pipe says EPIPE; its exit says why.
    stdin.on("error", () => {});
    const split = splitLines(maxReplyBytes, (line) => this.#receive(line));
    stdout.on("data", (chunk: Buffer) => {
      try {
        split(chunk);
      } catch (error) {
        this.#lose(`its helper broke the protocol: ${String(error)}`);
      }
    });
    stderr.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-keptErrorBytes);
    });
    this.#gone = this.#untilGone().then(() => bounds.release());
    this.#write({ type: "start", root, env, door, egress, memory: bounds.watchedMemory });
  }

  /** Fulfils when the helper speaks; rejects with AgentxError SANDBOX_OPEN when it cannot be had. */
  async waitUntilReady(): Promise<void> {
    const ready = new Promise<"ready">((resolve) => (this.#ready = () => resolve("ready")));
    await this.#child.held;
    const late = setTimeout(() => this.#lose(`no answer within ${openTimeoutMs / 1_000} s`), openTimeoutMs);
    const first = await Promise.race([ready, this.#gone]);
    clearTimeout(late);
    if (first === "ready") return;
    throw notOpened(this.#root, this.#end?.problems[0]?.what ?? "");
  }

  /**
   * Rejects with SandboxFileError when the helper says so, with AgentxError when it is gone. `deadlineMs` bounds a helper that
   * was stopped or taken over by what runs beside it: past it the whole sandbox is ended. Null: until `expectEnd`.
   */
  call(
    call: Call,
    deadlineMs: number | null,
    listener: Listener = () => {},
  ): { id: number; done: Promise<unknown> } {
    const id = this.#nextId++;
    if (this.#end !== null) return { id, done: Promise.reject(this.#end) };
    const done = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, listener, late: undefined });
      if (deadlineMs !== null) this.expectEnd(id, deadlineMs);
      this.#write({ id, ...call });
    });
    return { id, done };
  }

  /** Bounds, from now on, how long the answer to a call may take. */
  expectEnd(id: number, deadlineMs: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.late);
    const reason = `its helper has not answered for ${Math.round(deadlineMs / 1_000)} s`;
    pending.late = setTimeout(() => this.#lose(reason), Math.min(deadlineMs, 2 ** 31 - 1));
  }

  /** Something about a call in flight; where that one is answered there is nobody to tell. */
  tell(message: About): void {
    if (this.#pending.has(message.id)) this.#write(message);
  }

  /** For a reader of output that falls behind: everything waits until `until` is fulfilled. */
  holdOutput(until: Promise<void>): void {
    this.#streams.stdout.pause();
    void until.then(() => this.#streams.stdout.resume());
  }

  /** Ends the sandbox at once, for a reason that every call then gives. */
  end(reason: string): void {
    this.#lose(reason);
  }

  async close(): Promise<void> {
    this.#finish(closed(this.#root));
    // The end of stdin ends the helper, and with it process 1 of the sandbox and everything else inside.
    this.#streams.stdin.end();
    // A held stdout would keep the end from being seen.
    this.#streams.stdout.resume();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), closeGraceMs);
    await this.#gone;
    clearTimeout(timer);
  }

  #write(message: Request | StartMessage): void {
    this.#streams.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #receive(line: string): void {
    if (this.#end !== null) return;
    const reply = replySchema.parse(JSON.parse(line));
    if (reply.type === "ready") {
      this.door ??= reply.door;
      this.#ready?.();
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.type !== "done" && reply.type !== "failed") {
      pending.listener(reply);
      return;
    }
    this.#pending.delete(reply.id);
    clearTimeout(pending.late);
    if (reply.type === "done") pending.resolve(reply.value);
    else pending.reject(new SandboxFileError(reply.code, reply.message));
  }

  async #untilGone(): Promise<void> {
    const ending = await this.#child.ended;
    // What it has said last may still be on the way.
    const { stdout, stderr } = this.#streams;
    await Promise.allSettled([finished(stdout), finished(stderr)]);
    this.#lose(`it ${howEnded(ending)}${this.#stderr === "" ? "" : `: ${this.#stderr.trim()}`}`);
  }

  #lose(reason: string): void {
    this.#finish(lost(this.#root, reason));
    this.#child.kill("SIGKILL");
  }

  #finish(error: AgentxError): void {
    if (this.#end !== null) return;
    this.#end = error;
    for (const { reject, late } of this.#pending.values()) {
      clearTimeout(late);
      reject(error);
    }
    this.#pending.clear();
  }
}
