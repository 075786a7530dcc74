import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { inheritedFds } from "./inherited-fds.ts";
import type { Listeners, Started } from "./started.ts";
import type { Ending, News, Order, Program } from "./orders.ts";

const isSource = import.meta.filename.endsWith(".ts");
/** TypeScript in a checkout; when installed, JavaScript in a folder beside that of the bundle which this file is part of. */
const programPath = isSource
  ? join(import.meta.dirname, "starter-program.ts")
  : join(import.meta.dirname, "../sys/processes/starter-program.js");

const nodeFlags = ["--max-old-space-size=128", "--max-semi-space-size=1"];
const lookMs = 20;

type Running = Listeners & { pid: number | null };

/**
 * A small process that starts others for this one. It keeps nobody alive by itself, but what it has started does, as if it were started
 * from here.
 */
export class Starter {
  readonly #child: ChildProcess;
  readonly #running = new Map<number, Running>();
  #state: "begins" | "ready" | "ended" = "begins";
  #nextId = 1;

  constructor() {
    const ignored = Array.from({ length: Math.max(2, ...inheritedFds()) - 2 }, () => "ignore" as const);
    const stdio = ["pipe" as const, "pipe" as const, "ignore" as const, ...ignored];
    const args = [...nodeFlags, programPath];
    this.#child = spawn(process.execPath, args, { cwd: "/", env: {}, stdio, detached: true });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error("a child without its pipes");
    stdin.on("error", () => {}); // Its end is told by `close`.
    this.#child.on("error", () => {}); // It never gets ready, and `close` comes as well.
    this.#child.on("close", () => this.#lose());
    createInterface({ input: stdout }).on("line", (line) => this.#hear(JSON.parse(line) as News));
    this.#keepAlive();
  }

  get state(): "begins" | "ready" | "ended" {
    return this.#state;
  }

  start(program: Program, listeners: Listeners): Started {
    const id = this.#nextId++;
    this.#running.set(id, { ...listeners, pid: null });
    this.#keepAlive();
    this.#order({ type: "start", id, program });
    return {
      streams: [],
      feed: (fd, bytes) =>
        this.#order({ type: "feed", id, fd, bytes: Buffer.from(bytes).toString("base64") }),
      kill: (signal, group) => this.#order({ type: "kill", id, signal, group }),
    };
  }

  #order(order: Order): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  #hear(news: News): void {
    if (news.type === "ready") {
      this.#state = "ready";
      return;
    }
    const running = this.#running.get(news.id);
    if (running === undefined) return;
    if (news.type === "began") {
      running.pid = news.pid;
      running.onBegan?.(news.pid);
    } else if (news.type === "output") running.onOutput?.(news.fd, Buffer.from(news.bytes, "base64"));
    else this.#settle(news.id, running, news.ending);
  }

  #settle(id: number, running: Running, ending: Ending): void {
    this.#running.delete(id);
    this.#keepAlive();
    running.onEnded(ending);
  }

  /** Somebody has ended it. What it has started may still be at work, and counts as ended only when it is gone. */
  #lose(): void {
    this.#state = "ended";
    for (const [id, running] of this.#running) {
      void untilGone(running.pid).then(() =>
        this.#settle(id, running, { type: "signaled", signal: "unknown: who had started it was ended" }),
      );
    }
  }

  #keepAlive(): void {
    const { stdin, stdout } = this.#child;
    const how = this.#running.size > 0 ? "ref" : "unref";
    this.#child[how]();
    for (const stream of [stdin, stdout]) (stream as unknown as Record<"ref" | "unref", () => void>)[how]();
  }
}

/** What has ended may stay as a zombie, where nobody asks how. */
function isAtWork(pid: number): boolean {
  try {
    const [state = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

async function untilGone(pid: number | null): Promise<void> {
  while (pid !== null && isAtWork(pid)) await setTimeout(lookMs);
}
