import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { AgentxError } from "../../core/error.ts";
import { configFlags, safeConfig } from "./git-env.ts";
import { folderGone, gitFailure, gitMissing } from "./git-failure.ts";

/** An answer at the start of `bytes` and where it ends; or how many bytes are needed at least to say so. */
export type ReadAnswer<T> = (bytes: Buffer) => { answer: T; end: number } | { needs: number };

export type Standing = {
  cwd: string;
  args: readonly string[];
  /** `name=value` entries on top of `safeConfig`. */
  config?: readonly string[];
  env: () => Record<string, string>;
  /** A question during which the process died is asked once more, of another one. Only where asking changes nothing. */
  asksAgain: boolean;
  /** The process goes this long after its start, once nothing is asked; null: as long as it is asked often enough. */
  oldestMs: number | null;
};

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

type Question = {
  text: string | Uint8Array;
  /** Takes what has come so far; tells how much is needed, or where the answer has ended. */
  take: (bytes: Buffer) => { end: number } | { needs: number };
  fail: (error: Error) => void;
  deaths: number;
};

const pids = new Set<number>();

/** Whether a process is one of this program's that stand by. Between two questions they hold no lock. */
export function standsBy(pid: number): boolean {
  return pids.has(pid);
}

const idleMs = 30_000;
const keptWords = 16 * 1024;

/**
 * A git process that stands by, for questions which it answers in their order: to start one costs many times as much as to ask it.
 * It begins with the first question, begins anew when it has died, and ends with its standard input: when nobody
 * has asked for a while, with `close`, or with this process, whatever ends that. Nobody is kept alive by it.
 */
export class StandingGit {
  readonly #standing: Standing;
  #process: Process | null = null;
  #questions: Question[] = [];
  #chunks: Buffer[] = [];
  #held = 0;
  #needed = 1;
  #bornAt = 0;
  #closesAtRest = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(standing: Standing) {
    this.#standing = standing;
  }

  /** @throws AgentxError as `runGit`, when the process ends without an answer */
  ask<T>(text: string | Uint8Array, read: ReadAnswer<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const take: Question["take"] = (bytes) => {
        const found = read(bytes);
        if ("answer" in found) resolve(found.answer);
        return found;
      };
      if (this.#questions.length === 0) this.#wake();
      this.#questions.push({ text, take, fail: reject, deaths: 0 });
      if (this.#process === null) this.#begin();
      else write(this.#process, text);
    });
  }

  /** Lets the process go once it has answered; the next question begins another. */
  close(): void {
    if (this.#questions.length > 0) this.#closesAtRest = true;
    else this.#letGo();
  }

  #letGo(): void {
    const gone = this.#process;
    this.#forget();
    gone?.stdin.end();
  }

  #begin(): void {
    const { cwd, args, env, config = [] } = this.#standing;
    // Not in the terminal's process group, as `runGit`.
    const child = spawn("git", [...configFlags([...safeConfig, ...config]), ...args], {
      cwd,
      env: env(),
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#process = child;
    this.#bornAt = performance.now();
    const { pid } = child;
    if (pid !== undefined) pids.add(pid);
    let words = "";
    let reason: Error | null = null;
    child.stdin.on("error", () => {}); // Its end is told by `close`.
    child.stderr.on("data", (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-keptWords);
    });
    child.stdout.on("data", (chunk: Buffer) => {
      if (this.#process === child) this.#hear(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.code === "ENOENT" ? (existsSync(cwd) ? gitMissing() : folderGone(cwd)) : error;
    });
    child.on("close", (exitCode) => {
      if (pid !== undefined) pids.delete(pid);
      if (this.#process !== child) return;
      this.#forget();
      this.#died(reason ?? gitFailure(args, { exitCode: exitCode ?? -1, stderr: words }));
    });
    for (const { text } of this.#questions) write(child, text);
  }

  #hear(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return;
    let bytes = Buffer.concat(this.#chunks);
    this.#needed = 1;
    while (bytes.length > 0) {
      const [question] = this.#questions;
      if (question === undefined) break;
      const taken = this.#take(question, bytes);
      if (taken === null) return;
      if ("needs" in taken) {
        this.#needed = taken.needs;
        break;
      }
      this.#questions.shift();
      bytes = bytes.subarray(taken.end);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#held = bytes.length;
    if (this.#questions.length === 0) this.#rest();
  }

  /** Null where the answer is none that can be understood, nor is what comes after it. */
  #take(question: Question, bytes: Buffer): ReturnType<Question["take"]> | null {
    try {
      return question.take(bytes);
    } catch (error) {
      this.#letGo();
      this.#questions.shift();
      question.fail(error as Error);
      if (this.#questions.length > 0) this.#begin();
      return null;
    }
  }

  /** The first question is the one at which it died. */
  #died(error: Error): void {
    const [first] = this.#questions;
    if (first === undefined) return;
    first.deaths += 1;
    if (!this.#standing.asksAgain || first.deaths > 1 || isFinal(error)) {
      this.#questions.shift();
      first.fail(error);
    }
    if (this.#questions.length > 0) this.#begin();
  }

  #forget(): void {
    this.#process = null;
    this.#chunks = [];
    this.#held = 0;
    this.#needed = 1;
  }

  #wake(): void {
    const { oldestMs } = this.#standing;
    if (oldestMs !== null && performance.now() - this.#bornAt > oldestMs) this.#letGo();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    for (const handle of this.#handles()) handle.ref();
  }

  #rest(): void {
    if (this.#closesAtRest) this.#letGo();
    this.#closesAtRest = false;
    if (this.#process === null) return;
    for (const handle of this.#handles()) handle.unref();
    this.#idle ??= setTimeout(() => this.#letGo(), this.#standing.oldestMs ?? idleMs).unref();
  }

  #handles(): { ref: () => unknown; unref: () => unknown }[] {
    if (this.#process === null) return [];
    const { stdin, stdout, stderr } = this.#process;
    // Node types the pipes of a child by what is written and read; they are sockets.
    return [this.#process, ...([stdin, stdout, stderr] as unknown as Socket[])];
  }
}

/** What is asked in one turn of the event loop goes in one piece. */
function write({ stdin }: Process, text: string | Uint8Array): void {
  if (stdin.writableCorked === 0) {
    stdin.cork();
    process.nextTick(() => stdin.uncork());
  }
  stdin.write(text);
}

/** Nothing that another process would change. */
function isFinal(error: Error): boolean {
  return error instanceof AgentxError && ["GIT_MISSING", "FOLDER_GONE"].includes(error.code);
}
