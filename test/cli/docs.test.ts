import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { describeProgram } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { exitCodes } from "../../src/core/error.ts";

const docs = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
const commands = describeProgram({} as Terminal, { version: "0", setExitCode: () => undefined }).commands;
const usageOf = (command: Command) =>
  `agentx ${command.name()} ${command.usage().replace(/^\[options\] ?/, "")}`.trim();

/** Command → the options in its table, as `-o, --output <file>`. */
const documented = new Map(
  docs
    .split(/^#{2,3} /m)
    .filter((section) => section.startsWith("`agentx "))
    .map((section) => {
      const usage = /^`([^`]+)`/.exec(section)?.[1] ?? "";
      const rows = [...section.matchAll(/^\| (`-[^|]*) \|/gm)].map(([, cell = ""]) =>
        cell.replaceAll("`", ""),
      );
      return [usage, rows] as const;
    }),
);

test("docs/cli.md has a section for every command, and for nothing else", () => {
  expect([...documented.keys()].toSorted()).toEqual(commands.map(usageOf).toSorted());
});

test.each(commands.map((command) => [usageOf(command), command] as const))(
  "%s is documented with exactly its options",
  (usage, command) => {
    const rows = documented.get(usage) ?? [];
    expect(rows.toSorted()).toEqual(command.options.map(({ flags }) => flags).toSorted());
  },
);

test("docs/cli.md lists every exit code", () => {
  const rows = [...docs.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  // 70 is main.ts's own, for what nobody expected.
  expect(rows).toEqual([...Object.values(exitCodes), 70].toSorted((a, b) => a - b));
});
