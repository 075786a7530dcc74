import { chmodSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { systemPath } from "../support/npm-install.ts";
import { commitFiles, eventsOfType, serveModels, write } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, planOf } from "./turns.ts";

const begins = `{"type":"system","subtype":"init","session_id":"6f1c3a52-93a3-4b4c-8b53-000000000001"}`;
const says = `{"type":"assistant","message":{"model":"claude-opus-5-5","content":[{"type":"text","text":"Still at it."}]}}`;
const ends = `{"type":"result","subtype":"success","is_error":false,"result":"done","permission_denials":[]}`;

type Case = { does: string; end: "merged" | RegExp; attempts: number };

/** What a program that was Claude Code might do in another version, or on a bad day. */
const cases: Record<string, Case> = {
  silent: { does: "sleep 1000", end: /no sign of life from claude for 3 s/, attempts: 2 },
  babbling: {
    does: `while true; do echo '${says}'; sleep 0.2; done`,
    end: /the attempt took longer than 9 s/,
    attempts: 1,
  },
  idle: { does: `echo '${begins}'; echo '${ends}'`, end: /changed no file/, attempts: 2 },
  "new-events": {
    does: `echo '${begins}'; echo '{"type":"brand_new","of":[1]}'; echo '{"no":"type"}'; echo one > new-events.txt; echo '${ends}'`,
    end: "merged",
    attempts: 1,
  },
  "plain-text": {
    does: "echo I have done it; echo one > plain-text.txt",
    end: /claude: I have done it/,
    attempts: 2,
  },
  "no-fields": {
    does: `echo '{"type":"assistant"}'; echo '{"type":"result"}'; echo one > no-fields.txt`,
    end: /claude exited with 0 and told no result/,
    attempts: 2,
  },
  "no-json": {
    does: `echo '{"type":"resu'; exit 0`,
    end: /claude exited with 0 and told no result/,
    attempts: 2,
  },
  "wants-a-login": {
    does: `echo '${begins}'; echo 'Please run claude login' >&2; exit 1`,
    end: /claude.*Please run claude login/s,
    attempts: 2,
  },
};

const program = [
  "#!/bin/sh",
  "read -r prompt",
  'case "$prompt" in',
  ...Object.entries(cases).map(([id, { does }]) => `*'task id=\\"${id}\\"'*) ${does} ;;`),
  "esac",
].join("\n");

test("a program that is silent, babbles, or speaks in another form ends merged, or in a question that names it", async () => {
  const project = smallProject({
    "agentx.yaml": stringify({
      gates: { check: "sh check.sh" },
      agents: { implement: "claude" },
      maxAttempts: 2,
      slots: 8,
      limits: { stall: "3s", minutes: 0.15 },
    }),
  });
  commitFiles(project.root, {
    "plan.md": planOf(Object.fromEntries(Object.keys(cases).map((id) => [id, []]))),
  });
  write(project.folder, { "bin/claude": program });
  chmodSync(join(project.folder, "bin/claude"), 0o755);
  project.env["PATH"] = [dirname(process.execPath), join(project.folder, "bin"), systemPath()].join(
    delimiter,
  );
  const tasks = Object.fromEntries(Object.keys(cases).map((id) => [id, { review: [approval] }]));
  const { env } = await serveModels(project, { tasks });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });

  const outcomes = Object.keys(cases).map((id) => ({
    id,
    end: eventsOfType(ran.events, "task.merged").some(({ task }) => task === id)
      ? "merged"
      : eventsOfType(ran.events, "question.asked").find(({ question }) => question.task === id)?.question
          .text,
    attempts: eventsOfType(ran.events, "attempt.started").filter(({ task }) => task === id).length,
  }));
  expect(outcomes, ran.stderr).toEqual(
    Object.entries(cases).map(([id, { end, attempts }]) => ({
      id,
      end: end === "merged" ? end : expect.stringMatching(end),
      attempts,
    })),
  );
});
