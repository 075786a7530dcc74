import { closeSync } from "node:fs";
import { finished } from "node:stream/promises";
import type { AgentxError } from "../../core/error.ts";
import { howEnded } from "../../sys/processes/how-ended.ts";
import { type HelperPipes, pipesOf } from "../helper/helper-pipes.ts";
import type { HelperChild } from "../helper/helper-process.ts";
import { splitLines } from "../inside/json-lines.ts";
import type { OpenPipe } from "../inside/output-pipes.ts";
import { type ProcessesInside, processesBelow } from "../inside/processes-inside.ts";
import { openTimeoutMs } from "../inside/protocol.ts";
import type { Bounds } from "../limits/bounds.ts";
import { closed, lost, notOpened } from "../sandbox-errors.ts";
import { type CoveredChild, spawnCovered } from "../spawn-covered.ts";
import { helperOrder } from "./resident-script.ts";
import { ReusedPipes } from "./reused-pipes.ts";

const longestLineBytes = 64;
const keptErrorBytes = 4_096;
const closeGraceMs = 1_000;

export type ShellStart = {
  /** The program that becomes the sandbox and starts `residentScript` as the only child of its only child. */
  file: string;
  args: string[];
  inputs: (string | Uint8Array)[];
  root: string;
  bounds: Bounds;
};

export type ShellPipes = [OpenPipe, OpenPipe, OpenPipe, ...OpenPipe[]];

/** Who waits for the shell's next line. */
type Waiting = {
  isRight: (line: string) => boolean;
  resolve: (line: string) => void;
  reject: (error: Error) => void;
};

/** A shell that stays in its sandbox. What it says is checked: it shares that with code that a model chose, which may have taken it over. */
export class ResidentShell {
  readonly pipes: ReusedPipes;
  readonly #root: string;
  readonly #child: CoveredChild;
  readonly #streams: HelperPipes;
  readonly #gone: Promise<void>;
  readonly #listen: (chunk: Buffer) => void;
  readonly #note: (chunk: Buffer) => void;
  /** Its number on this machine; null until it has spoken. */
  #pid: number | null = null;
  #waiting: Waiting | null = null;
  /** On stderr, since its last order. */
  #said = "";
  /** Why it can do nothing any more; null while it can. */
  #end: AgentxError | null = null;

  constructor(
    { file, args, inputs, root, bounds }: ShellStart,
    [input, output, errors, ...outs]: ShellPipes,
  ) {
    this.#root = root;
    this.#streams = pipesOf([input, output, errors]);
    this.pipes = new ReusedPipes(outs.map(({ readFd }) => readFd));
    const { stdin, stdout, stderr, fds, release } = this.#streams;
    const stdio = [...fds, ...outs.map(({ readFd }) => readFd)] as const;
    this.#child = spawnCovered(file, args, { env: {}, stdio, inputs, hold: bounds.hold });
    void this.#child.begun.then(() => {
      release();
      for (const { writeFd } of outs) closeSync(writeFd);
    });
    // A dead child's pipe says EPIPE; its exit says why.
    stdin.on("error", () => {});
    const split = splitLines(longestLineBytes, (line) => this.#hear(line));
    this.#listen = (chunk) => {
      try {
        split(chunk);
      } catch (error) {
        this.lose(`its shell broke the protocol: ${String(error)}`);
      }
    };
    this.#note = (chunk) => (this.#said = (this.#said + chunk.toString("utf8")).slice(-keptErrorBytes));
    stdout.on("data", this.#listen);
    stderr.on("data", this.#note);
    this.#gone = this.#untilGone().then(() => bounds.release());
  }

  /** Fulfils when the walls are up; rejects with AgentxError SANDBOX_OPEN. */
  async waitUntilReady(): Promise<void> {
    const ready = this.#nextLine((line) => line === "");
    // Told by what is awaited before it.
    ready.catch(() => {});
    const late = setTimeout(() => this.lose(`no answer within ${openTimeoutMs / 1_000} s`), openTimeoutMs);
    try {
      await this.#child.held;
      await ready.catch((error: AgentxError) => {
        throw notOpened(this.#root, error.problems[0]?.what ?? "");
      });
    } finally {
      clearTimeout(late);
    }
    this.#pid = this.#all()[1] ?? null;
  }

  /** False where each of its pipes is held by what a command has left behind. Throws AgentxError SANDBOX_LOST, SANDBOX_CLOSED. */
  canRun(): boolean {
    if (this.#end !== null) throw this.#end;
    return this.pipes.hasFree();
  }

  /**
   * Gives an order that is answered with its token. Rejects with AgentxError SANDBOX_LOST, SANDBOX_CLOSED.
   * @returns the exit code, or why no process could be started
   */
  async run(order: string, token: string): Promise<number | string> {
    const codeIn = (line: string): string =>
      line.startsWith(`${token} `) ? line.slice(token.length + 1) : "";
    const line = this.#nextLine((each) => /^(?:-|\d{1,3})$/.test(codeIn(each)));
    this.#said = "";
    this.#streams.stdin.write(order);
    const code = codeIn(await line);
    return code === "-" ? this.#said.trim() || "there is no process for it" : Number(code);
  }

  /** Its one child is what it runs; what has lost its parent is process 1's. Null between commands. */
  command(): number | null {
    if (this.#pid === null || this.#child.pid() === null) return null;
    return processesBelow(this.#pid)?.all[0] ?? null;
  }

  readonly inside: ProcessesInside = () => {
    if (this.#child.pid() === null) return null;
    const all = this.#all();
    return { all, ordinary: all.slice(1).filter((pid) => pid !== this.#pid) };
  };

  /** It becomes a helper, to which all of it belongs from now on but its end. Nothing runs in it. Throws AgentxError where it has ended. */
  becomeHelper(): HelperChild {
    if (this.#end !== null) throw this.#end;
    const { stdin, stdout, stderr } = this.#streams;
    stdout.off("data", this.#listen);
    stderr.off("data", this.#note);
    stdin.write(helperOrder);
    return { child: { ...this.#child, held: Promise.resolve() }, streams: { stdin, stdout, stderr } };
  }

  /** Ends the sandbox at once, for a reason that every call then gives. */
  lose(reason: string): void {
    this.#finish(lost(this.#root, reason));
    this.#child.kill("SIGKILL");
  }

  /** Fulfils when nothing is left of it. */
  async close(): Promise<void> {
    this.#finish(closed(this.#root));
    this.#endFromInside();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), closeGraceMs);
    await this.#gone;
    clearTimeout(timer);
  }

  /** The shell's end is process 1's, whose end is told when all else inside is gone; stdin's would be seen between commands only. */
  #endFromInside(): void {
    if (this.#pid === null || !this.#all().includes(this.#pid)) return this.#child.kill("SIGKILL");
    try {
      process.kill(this.#pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  /** Process 1 and all below it. */
  #all(): number[] {
    const pid = this.#child.pid();
    return pid === null ? [] : (processesBelow(pid)?.all ?? []);
  }

  #nextLine(isRight: Waiting["isRight"]): Promise<string> {
    if (this.#end !== null) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => (this.#waiting = { isRight, resolve, reject }));
  }

  #hear(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && waiting.isRight(line)) return waiting.resolve(line);
    this.#waiting = waiting;
    this.lose("its shell said what it was not asked");
  }

  async #untilGone(): Promise<void> {
    const ending = await this.#child.ended;
    const { stdin, stdout, stderr } = this.#streams;
    // What it has said last may still be on the way.
    await Promise.allSettled([finished(stdout), finished(stderr)]);
    stdin.destroy();
    this.#finish(
      lost(this.#root, `it ${howEnded(ending)}${this.#said === "" ? "" : `: ${this.#said.trim()}`}`),
    );
    this.pipes.close();
  }

  #finish(error: AgentxError): void {
    this.#end ??= error;
    this.#waiting?.reject(this.#end);
    this.#waiting = null;
  }
}
