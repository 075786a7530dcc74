import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { AgentxError, exitCodes } from "../core/error.ts";
import { inheritedFds } from "./inherited-fds.ts";
import { splitLines } from "./json-lines.ts";
import { maxReplyBytes, type Call, type Request, type StartMessage } from "./protocol.ts";
import { replySchema } from "./replies.ts";
import { SandboxFileError } from "./sandbox.ts";

const openTimeoutMs = 30_000;
const closeGraceMs = 1_000;
const keptErrorBytes = 4_096;

export type HelperStart = {
  /** The program that becomes the sandbox, and its arguments; it gets an empty environment. */
  file: string;
  args: string[];
  /** Contents that the program reads from file descriptors 3, 4, 5 … */
  inputs: string[];
  root: string;
  env: Record<string, string>;
};

type Pending = {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  onText: ((text: string) => void) | null;
};

/** The process at the other end of the protocol, with its calls in flight. */
export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly #root: string;
  readonly #pending = new Map<number, Pending>();
  readonly #gone: Promise<void>;
  #nextId = 1;
  #stderr = "";
  #ready: (() => void) | null = null;
  /** Why no call can be answered any more; null while it lives. */
  #end: AgentxError | null = null;

  constructor({ file, args, inputs, root, env }: HelperStart) {
    this.#root = root;
    const child = spawnCovered(file, args, inputs.length);
    this.#child = child;
    const [stdin, stdout, stderr] = child.stdio;
    if (!stdin || !stdout || !stderr) throw new Error("a child without its pipes");
    this.#stdin = stdin;
    this.#stdout = stdout;
    for (const [index, text] of inputs.entries()) this.#feed(child.stdio[3 + index], text);
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
    this.#gone = new Promise((resolve) => {
      child.once("error", (error) => {
        this.#lose(error.message);
        resolve();
      });
      child.once("close", (code, signal) => {
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        this.#lose(`${how}${this.#stderr === "" ? "" : `: ${this.#stderr.trim()}`}`);
        resolve();
      });
    });
    this.#write({ type: "start", root, env });
  }

  /** Fulfils when the helper speaks; rejects with AgentxError SANDBOX_OPEN when it cannot be had. */
  async waitUntilReady(): Promise<void> {
    const ready = new Promise<"ready">((resolve) => (this.#ready = () => resolve("ready")));
    const late = setTimeout(() => this.#lose(`no answer within ${openTimeoutMs / 1_000} s`), openTimeoutMs);
    const first = await Promise.race([ready, this.#gone]);
    clearTimeout(late);
    if (first === "ready") return;
    throw new AgentxError(
      "SANDBOX_OPEN",
      {
        where: this.#root,
        what: `the sandbox could not be opened (${this.#end?.problems[0]?.what ?? "no reason given"})`,
        hint: "run `agentx doctor` to see what this machine allows",
      },
      exitCodes.someNotMerged,
    );
  }

  /**
   * Rejects with SandboxFileError when the helper says so, with AgentxError when it is gone. `deadlineMs` bounds a helper that
   * was stopped or taken over by what runs beside it: past it the whole sandbox is ended.
   */
  call(
    call: Call,
    deadlineMs: number,
    onText: Pending["onText"] = null,
  ): { id: number; done: Promise<unknown> } {
    const id = this.#nextId++;
    if (this.#end !== null) return { id, done: Promise.reject(this.#end) };
    const late = setTimeout(
      () => {
        this.#lose(`its helper has not answered for ${Math.round(deadlineMs / 1_000)} s`);
      },
      Math.min(deadlineMs, 2 ** 31 - 1),
    );
    const done = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onText });
      this.#write({ id, ...call });
    }).finally(() => clearTimeout(late));
    return { id, done };
  }

  cancel(id: number): void {
    if (this.#pending.has(id)) this.#write({ type: "cancel", id });
  }

  /** For a reader of output that falls behind: everything waits until `until` is fulfilled. */
  holdOutput(until: Promise<void>): void {
    this.#stdout.pause();
    void until.then(() => this.#stdout.resume());
  }

  async close(): Promise<void> {
    this.#finish(this.#error("SANDBOX_CLOSED", "the sandbox was closed"));
    // The end of stdin ends the helper, and with it process 1 of the sandbox and everything else inside.
    this.#stdin.end();
    // A held stdout would keep the end from being seen.
    this.#stdout.resume();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), closeGraceMs);
    await this.#gone;
    clearTimeout(timer);
  }

  #feed(stream: Readable | Writable | null | undefined, text: string): void {
    if (!stream || !("end" in stream)) return;
    stream.on("error", () => {});
    stream.end(text);
  }

  #write(message: Request | StartMessage): void {
    this.#stdin.write(`${JSON.stringify(message)}\n`);
  }

  #receive(line: string): void {
    if (this.#end !== null) return;
    const reply = replySchema.parse(JSON.parse(line));
    if (reply.type === "ready") {
      this.#ready?.();
      return;
    }
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.type === "output") {
      pending.onText?.(reply.text);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.type === "done") pending.resolve(reply.value);
    else pending.reject(new SandboxFileError(reply.code, reply.message));
  }

  #lose(reason: string): void {
    this.#finish(this.#error("SANDBOX_LOST", reason));
    this.#child.kill("SIGKILL");
  }

  #error(code: string, what: string): AgentxError {
    const said = code === "SANDBOX_LOST" ? `the sandbox has died: ${what}` : what;
    return new AgentxError(code, { where: this.#root, what: said, hint: "" }, exitCodes.someNotMerged);
  }

  #finish(error: AgentxError): void {
    if (this.#end !== null) return;
    this.#end = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** Three standard pipes and one for each input; whatever else would be inherited becomes /dev/null. */
function spawnCovered(file: string, args: string[], inputs: number): ChildProcess {
  const nothing = openSync("/dev/null", "r");
  try {
    const stdio: Exclude<StdioOptions, string> = Array.from({ length: 3 + inputs }, () => "pipe");
    for (const fd of inheritedFds()) {
      while (stdio.length < fd) stdio.push("ignore");
      if (fd >= 3 + inputs) stdio[fd] = nothing;
    }
    // A Ctrl-C goes to the terminal's whole process group; it is agentx that says what stops.
    return spawn(file, args, { cwd: "/", env: {}, stdio, detached: true });
  } finally {
    closeSync(nothing);
  }
}
