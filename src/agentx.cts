#!/usr/bin/env node
// The installed program. Scripts and agents ask for the version and the help all day: both are answered before anything
// else is loaded, and as CommonJS, which starts 4 ms earlier (docs/decisions/0017-what-starts-first.md).
import type * as Fs from "node:fs";
import type * as Path from "node:path";

/** As src/cli/quick-status.ts has it: a type from there would have `tsc` emit all that it imports. */
type QuickStatus = {
  quickStatus: (terminal: {
    env: NodeJS.ProcessEnv;
    cwd: string;
    now: () => number;
    stdout: NodeJS.WriteStream;
    stderr: NodeJS.WriteStream;
  }) => string | null;
};

const fs = require("node:fs") as typeof Fs;
const path = require("node:path") as typeof Path;

/** main.ts refuses an old Node, whatever was asked. */
const isNewEnough = Number(process.versions.node.split(".")[0]) >= 24;

/** What the one argument asks for, or null where that takes the whole program. */
function quickAnswer([asked, ...more]: string[]): string | null {
  if (more.length > 0 || !isNewEnough) return null;
  if (asked === "--version" || asked === "-V") {
    const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, "../package.json"), "utf8")) as {
      version: string;
    };
    return `${version}\n`;
  }
  // On a terminal it is laid out for its width. Not `isatty`: that loads the network.
  const isHelp = asked === "--help" || asked === "-h";
  if (isHelp && !fs.fstatSync(1).isCharacterDevice())
    return fs.readFileSync(path.join(__dirname, "help.txt"), "utf8");
  return null;
}

function keepCompiled(): void {
  require("node:module").enableCompileCache?.();
}

/** How the run stands, where its dispatcher has kept that: asked as often, and loaded as one file. */
function standing(args: readonly string[]): string | null {
  if (args.length !== 1 || args[0] !== "status" || !isNewEnough) return null;
  keepCompiled();
  const { quickStatus } = require("./cli/quick-status.cjs") as QuickStatus;
  const { env } = process;
  const isTTY = fs.fstatSync(1).isCharacterDevice();
  return quickStatus({
    env,
    cwd: process.cwd(),
    now: Date.now,
    // A stream takes longer to open than this text to write, and a pipe has no size to ask for.
    stdout: isTTY ? process.stdout : ({ isTTY: false } as typeof process.stdout),
    get stderr() {
      return process.stderr;
    },
  });
}

/** False where nothing of it could be written: the whole program knows what to do with that. */
function isSaid(answer: string): boolean {
  const bytes = Buffer.from(answer);
  let written = 0;
  try {
    while (written < bytes.length) written += fs.writeSync(1, bytes, written);
  } catch (error) {
    if (written === 0) return false;
    // A full pipe is waited for; a reader that went away in the middle wants no more.
    const isFull = (error as { code?: unknown }).code === "EAGAIN";
    if (isFull) process.stdout.on("error", () => {}).write(bytes.subarray(written));
  }
  return true;
}

const args = process.argv.slice(2);
const answer = quickAnswer(args) ?? standing(args);
if (answer === null || !isSaid(answer)) {
  const { loadProgram } = require("./load-program.cjs") as { loadProgram: (folder: string) => void };
  loadProgram(path.join(__dirname, "parts"));
}
