import { closeSync, lstatSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { startChild } from "./child.ts";
import type { News, Order, Program } from "./orders.ts";
import type { Started } from "./started.ts";

/**
 * A process that starts others for a dispatcher (see `starter.ts`), and has little memory: to start one takes the longer the more there
 * is. It ends with its stdin, and with it whatever asked the system to end with its parent.
 */
const dispatcher = process.ppid;
const children = new Map<number, Started>();

function tell(news: News): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

function obey(order: Order): void {
  if (order.type === "start") return start(order.id, order.program);
  const child = children.get(order.id);
  if (order.type === "feed") child?.feed(order.fd, Buffer.from(order.bytes, "base64"));
  else child?.kill(order.signal, order.group);
}

function start(id: number, program: Program): void {
  // Whoever wanted it is gone, and the next one may be at work already.
  if (process.ppid !== dispatcher) process.exit();
  const opened: number[] = [];
  try {
    const stdio = program.stdio.map((each) => {
      if (typeof each === "string") return each;
      const path = `/proc/${dispatcher}/fd/${each}`;
      const own = openSync(path, isForWriting(path) ? "w" : "r");
      opened.push(own);
      return own;
    });
    const child = startChild(
      { ...program, stdio },
      {
        onBegan: (pid) => tell({ type: "began", id, pid }),
        onOutput: (fd, bytes) => tell({ type: "output", id, fd, bytes: bytes.toString("base64") }),
        onEnded: (ending) => {
          children.delete(id);
          tell({ type: "ended", id, ending });
        },
      },
    );
    children.set(id, child);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    tell({ type: "ended", id, ending: { type: "failed", code, message } });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** The link's own mode says how its descriptor was opened. */
function isForWriting(path: string): boolean {
  return (lstatSync(path).mode & 0o200) !== 0;
}

// Whoever gives the orders is gone.
process.stdout.on("error", () => process.exit());
createInterface({ input: process.stdin })
  .on("line", (line) => obey(JSON.parse(line) as Order))
  .on("close", () => process.exit());
tell({ type: "ready" });
