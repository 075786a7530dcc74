#!/usr/bin/env node
// The installed program. Scripts and agents ask for the version and the help all day: both are answered before anything
// else is loaded, and as CommonJS, which starts 4 ms earlier (docs/decisions/0017-what-starts-first.md).
import type * as Fs from "node:fs";
import type * as Path from "node:path";

const fs = require("node:fs") as typeof Fs;
const path = require("node:path") as typeof Path;

/** What the one argument asks for, or null where that takes the whole program. */
function quickAnswer([asked, ...more]: string[]): string | null {
  // main.ts refuses an old Node, whatever was asked.
  if (more.length > 0 || Number(process.versions.node.split(".")[0]) < 24) return null;
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

/** In one piece, which a pipe takes whole or not at all. */
function isSaid(answer: string): boolean {
  try {
    fs.writeSync(1, answer);
    return true;
  } catch {
    // A reader that went away or a pipe that is full: the whole program knows what to do with either.
    return false;
  }
}

const answer = quickAnswer(process.argv.slice(2));
if (answer === null || !isSaid(answer)) {
  require("node:module").enableCompileCache?.();
  // It says itself what it fails with.
  void import("./main.ts");
}
