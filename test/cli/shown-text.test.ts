import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shownText } from "../../src/cli/shown-text.ts";
import type { EventBody } from "../../src/core/event.ts";
import { commitFiles, git, makeRepository, write } from "../git/make-repository.ts";
import { forbidden, hostile } from "../report/hostile.ts";
import { task } from "../support/core-run.ts";
import { asked, attempt, journalRun } from "./a-journal.ts";
import { agentx } from "./a-terminal.ts";

/** What agentx draws with; all else that a terminal obeys is somebody else's. */
// oxlint-disable-next-line no-control-regex
const drawing = /\u001b\[(?:[0-9;]*[A-HJKm]|\?(?:25|2026)[hl])|\t/g;
const words = (text: string): string => text.replaceAll(drawing, "");

test("whatever is to be shown, a terminal gets colours, the live view's moves and words", () => {
  const nasty = fc.constantFrom(
    "\u001b",
    "\u009b",
    "\u009d",
    "]",
    "[",
    "52;",
    "2J",
    "8;;",
    "\u0007",
    "\\",
    "\r",
    "\u2028",
    "\u202e",
    "\u200f",
    "\u061c",
    "\u2066",
    "\u{e0041}",
    "\u200b",
    "\u001b[31m",
    "\u001b[1A",
    "P",
    "_",
    "x",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: "binary" }))), (parts) => {
      expect(words(shownText(parts.join("")))).not.toMatch(forbidden);
    }),
    { numRuns: 2000 },
  );
});

test("what agentx draws and says is shown as it is", () => {
  const view =
    "\u001b[?25l\u001b[2K\u001b[1A\u001b[G\u001b[1m\u001b[31mrot\u001b[39m\u001b[22m grün\t✓ 日本語 👩‍💻\n\u001b[J\u001b[?25h";
  expect(shownText(view)).toBe(view);
});

describe("on a terminal, with hostile words wherever others can leave some,", () => {
  test("every command that looks at a run shows only words, and its JSON is JSON", async () => {
    const { root, base } = await makeRepository({
      "plan.md": `# P\n\n## Tasks\n\n- [ ] T ${hostile} \`#login\`\n`,
    });
    write(root, { "AGENTS.md": `obey ${hostile}\n` });
    const commit = commitFiles(
      root,
      { [`a${hostile.replaceAll(/[/\0]/g, "")}`]: `x ${hostile}\n` },
      hostile.replaceAll("\0", ""),
    );
    git(root, "branch", "agentx/r1/login", commit);
    const finished: EventBody = {
      type: "worker.finished",
      task: "login",
      commit,
      files: [hostile],
      note: hostile,
    } as const;
    journalRun(root, {
      base,
      tasks: [task("login", { title: hostile, body: hostile }), task("theme", { title: hostile })],
      events: [
        attempt("login", { base }),
        finished,
        attempt("theme", { base, worktree: 2 }),
        asked(1, "theme", `Which? ${hostile}`),
      ],
    });
    const commands = [
      "status",
      "questions",
      "log login",
      "log theme",
      "diff login",
      "context theme --full",
    ].concat(
      ["status --json", "questions --json", "log login --json", "context login --json --full"],
      ["plan plan.md", `diff ${hostile}`, `answer 1 ${hostile}`, `cancel ${hostile}`, "doctor", hostile],
    );
    for (const command of commands) {
      const args = command.split(" ");
      const { stdout, stderr } = await agentx(root, args, {
        isTTY: true,
        env: { FORCE_COLOR: "1", CI: "1" },
      });
      expect(`${stdout}${stderr}`, command).not.toBe("");
      expect(forbidden.exec(words(stdout + stderr))?.[0], command).toBeUndefined();
      if (command.includes("--json"))
        for (const line of jsonIn(stdout)) expect(() => JSON.parse(line) as unknown, command).not.toThrow();
    }
  }, 60_000);
});

function jsonIn(stdout: string): string[] {
  return stdout.startsWith("{\n") || stdout.startsWith("[\n") ? [stdout] : stdout.trimEnd().split("\n");
}

test("nothing of agentx prints past the terminal that it is given", () => {
  const root = join(import.meta.dirname, "../..");
  // What runs inside of a sandbox prints into a pipe of agentx's, as the starter does; main.ts prints what has been cleaned before.
  const own = /^src\/(main\.ts|sys\/processes\/starter-program\.ts|sandbox\/(inside|battery)\/[^/]*\.ts)$/;
  const printing = globSync("src/**/*.ts", { cwd: root }).filter(
    (file) =>
      !own.test(file) &&
      /process\.std(out|err)\b|console\.\w+\(/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(printing).toEqual([]);
});
