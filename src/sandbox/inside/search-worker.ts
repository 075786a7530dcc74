import { open, stat } from "node:fs/promises";
import { matchesGlob, resolve } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { FileFailure, describeFailure } from "./files.ts";
import type { SearchOrder, SearchOutcome } from "./search.ts";
import { shownPath, walk, type WalkState } from "./walk.ts";

const chunkBytes = 256 * 1024;
/** What is looked at of one line, and what is told of it. */
const maxLine = 64 * 1024;
const maxShown = 500;
const sniffBytes = 8_000;
const maxDepth = 64;

type Match = { path: string; line: number; text: string };

/** Runs in a thread of its own, so that a pattern that backtracks without end can be ended from outside. */
async function search(order: SearchOrder): Promise<{ matches: Match[]; truncated: boolean }> {
  const pattern = compile(order.pattern);
  const matches: Match[] = [];
  const state: WalkState = { cut: false };
  for await (const file of files(order, state)) {
    for await (const { line, text } of lines(file)) {
      if (!pattern.test(text)) continue;
      if (matches.length === order.limit) return { matches, truncated: true };
      matches.push({ path: shownPath(order.root, file), line, text: text.slice(0, maxShown) });
    }
  }
  return { matches, truncated: state.cut };
}

function compile(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch {
    // Models write `\-` and `\"`, which only the older grammar takes.
    try {
      return new RegExp(source);
    } catch (error) {
      throw new FileFailure("EINVAL", error instanceof Error ? error.message : String(error));
    }
  }
}

async function* files({ root, path, glob }: SearchOrder, state: WalkState): AsyncGenerator<string> {
  const top = resolve(root, path);
  if ((await stat(top)).isFile()) {
    yield top;
    return;
  }
  for await (const { absolute, dirent } of walk(top, { depth: maxDepth }, state)) {
    if (!dirent.isFile()) continue;
    const name = glob?.includes("/") === true ? shownPath(root, absolute) : dirent.name;
    if (glob === null || matchesGlob(name, glob)) yield absolute;
  }
}

/** Lines of a text file, each cut at 64 KiB; nothing of a binary file or of one that cannot be read. */
async function* lines(path: string): AsyncGenerator<{ line: number; text: string }> {
  const file = await open(path).catch(() => null);
  if (file === null) return;
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const decoder = new TextDecoder();
    let rest = "";
    let line = 1;
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, at);
      if (at === 0 && buffer.subarray(0, Math.min(bytesRead, sniffBytes)).includes(0)) return;
      at += bytesRead;
      const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
      const parts = text.split("\n");
      const last = parts.pop() ?? "";
      for (const part of parts) {
        yield { line, text: trimLine(rest + part) };
        rest = "";
        line += 1;
      }
      rest = (rest + last).slice(0, maxLine);
      if (bytesRead === 0) break;
    }
    if (rest !== "") yield { line, text: trimLine(rest) };
  } finally {
    await file.close();
  }
}

function trimLine(text: string): string {
  return (text.endsWith("\r") ? text.slice(0, -1) : text).slice(0, maxLine);
}

function isOrder(data: unknown): data is SearchOrder {
  return typeof data === "object" && data !== null && "pattern" in data;
}

if (parentPort !== null && isOrder(workerData)) {
  const port = parentPort;
  const order = workerData;
  const outcome: SearchOutcome = await search(order).then(
    (value) => ({ type: "found", value }),
    (error: unknown) => {
      const { code, message } = describeFailure(error, order.path);
      return { type: "failed", code, message };
    },
  );
  port.postMessage(outcome);
}
