#!/usr/bin/env node
// The installed program. Scripts and agents ask for the version and the help all day: both are answered before anything
// else is loaded, and as CommonJS, which starts 4 ms earlier (docs/decisions/0017-what-starts-first.md).
const { fstatSync, readFileSync, writeSync }: typeof import("node:fs") = require("node:fs");
const { join }: typeof import("node:path") = require("node:path");

/** What the one argument asks for, or null where that takes the whole program. */
function quickAnswer([asked, ...more]: string[]): string | null {
  // main.ts refuses an old Node, whatever was asked.
  if (more.length > 0 || Number(process.versions.node.split(".")[0]) < 24) return null;
  if (asked === "--version" || asked === "-V") {
    const { version } = JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as {
      version: string;
    };
    return `${version}\n`;
  }
  // On a terminal it is laid out for its width. Not `isatty`: that loads the network.
  const isHelp = asked === "--help" || asked === "-h";
  if (isHelp && !fstatSync(1).isCharacterDevice()) return readFileSync(join(__dirname, "help.txt"), "utf8");
  return null;
}

const answer = quickAnswer(process.argv.slice(2));
if (answer === null) {
  require("node:module").enableCompileCache?.();
  // It says itself what it fails with.
  void import("./main.ts");
} else {
  writeSync(1, answer);
}
