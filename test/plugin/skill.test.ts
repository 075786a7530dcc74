import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exitCodes } from "../../src/core/error.ts";
import { parsePlan } from "../../src/formats/plan-md.ts";
import { program } from "../support/program.ts";

const root = join(import.meta.dirname, "../..");
const skill = readFileSync(join(root, "skills/agentx/SKILL.md"), "utf8");
const page = readFileSync(join(root, "docs/claude-code.md"), "utf8");
const [, head = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(skill) ?? [];

test("the skill is one after agentskills.io", () => {
  const fields: Record<string, unknown> = parse(head);
  const known = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];
  expect(Object.keys(fields).filter((key) => !known.includes(key))).toEqual([]);
  expect(fields["name"]).toBe("agentx");
  expect(String(fields["description"]).length).toBeLessThanOrEqual(1024);
});

/** At four bytes a token. The description is paid for in every session, the body whenever the skill is used. */
test("the skill costs a session less than 100 tokens, and less than 1,000 where it is used", () => {
  expect(Buffer.byteLength(/^description: (.*)$/m.exec(head)?.[1] ?? "") / 4).toBeLessThan(100);
  expect(Buffer.byteLength(body) / 4).toBeLessThan(1000);
});

test("the plan that the skill shows is one", () => {
  const text = /```markdown\n(.*?)```/s.exec(body)?.[1] ?? "";
  expect(parsePlan({ text, file: "plan.md" })).toMatchObject({
    title: "Stay signed in",
    tasks: [
      { id: "session", touches: ["src/session.ts"], acceptance: ["sessions expire after 30 minutes"] },
      { id: "sign-in", needs: ["session"] },
    ],
  });
});

test("the skill tells what to do at every exit code", () => {
  const told = [...body.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(told).toEqual(Object.values(exitCodes));
});

test("every command and option that the skill and the page name is there", async () => {
  const used = new Map<string, Set<string>>();
  for (const [, code = ""] of `${body}\n${page}`.matchAll(/`([^`\n]+)`/g)) {
    for (const [, command = "", rest = ""] of code.matchAll(/\bagentx ([a-z]+)([^|;&]*)/g)) {
      const options = used.get(command) ?? new Set();
      for (const [option] of rest.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)) options.add(option);
      used.set(command, options);
    }
  }
  for (const [option] of body.matchAll(/(?<=`)--[a-z-]+/g)) used.get("dispatch")?.add(option);
  expect([...used.keys()]).toEqual(
    expect.arrayContaining(["dispatch", "questions", "answer", "resume", "status"]),
  );
  for (const [command, options] of used) {
    const help = await helpOf(command);
    expect(help, command).toContain(`agentx ${command}`);
    for (const option of options)
      expect(help, `agentx ${command} ${option}`).toMatch(new RegExp(`${option}\\b`));
  }
});

async function helpOf(command: string): Promise<string> {
  const { stdout } = await execa(process.execPath, [program, command, "--help"], {
    reject: false,
  });
  return stdout;
}
