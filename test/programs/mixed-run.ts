import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../src/core/plan.ts";
import { commitFiles, type Project } from "../e2e/project.ts";
import { aboutOf } from "../e2e/turns.ts";
import type { ServeScriptOptions } from "../model-server/serve-script.ts";
import type { ModelServer } from "../model-server/server.ts";
import type { NormalisedRequest } from "../model-server/types.ts";
import { guestProject, guestSetups, serveGuests } from "./guest-project.ts";

type Vendors = Record<"google" | "anthropic" | "openai", string>;

export const vendors: Vendors = {
  google: "google/gemini-3.8-flash",
  anthropic: "anthropic/claude-opus-5-5",
  openai: "openai/gpt-5.5",
};

/** Each role is another vendor's program's, and the built-in loop's where a conflict is to be resolved. */
export const mixed: Record<"agents" | "models", Record<Role, string>> = {
  agents: { plan: "claude", research: "gemini", implement: "claude", review: "codex", resolve: "api" },
  models: {
    plan: vendors.anthropic,
    research: vendors.google,
    implement: vendors.anthropic,
    review: vendors.openai,
    resolve: vendors.anthropic,
  },
};

const wordsTest = `import test from "node:test";
import assert from "node:assert";
import { readFileSync } from "node:fs";
test("every line is a word, once", () => {
  const lines = readFileSync("words.txt", "utf8").trim().split("\\n");
  for (const line of lines) assert.match(line, /^[a-z]+$/);
  assert.equal(new Set(lines).size, lines.length);
});
`;

/** A list of words with a test of its own, which is the gate. */
export async function wordsProject(
  config: Record<string, unknown>,
  files: Record<string, string> = {},
): Promise<Project> {
  const anySetup = guestSetups["claude"]!;
  const project = await guestProject(
    { ...anySetup, install: ["claude", "codex", "gemini"], config },
    { gates: { test: "node --test" }, slots: 2 },
  );
  commitFiles(project.root, { "words.txt": "one\n", "words.test.js": wordsTest, ...files });
  return project;
}

/** The only key that the models take; it must be found nowhere afterwards. */
export const canary = "sk-canary-0123456789abcdef";

export async function serveWithKey(
  project: Project,
  script: object,
  options: ServeScriptOptions = {},
): Promise<{ server: ModelServer; env: Record<string, string> }> {
  const { server, env } = await serveGuests(project, script, { key: canary, ...options });
  const keys = Object.keys(env).filter((name) => name.endsWith("_KEY"));
  return { server, env: { ...env, ...Object.fromEntries(keys.map((name) => [name, canary])) } };
}

/** Whether anything of this name lies anywhere in the project's folder: its repository, worktrees, HOMEs. */
export function hasFileNamed(project: Project, name: string): boolean {
  return readdirSync(project.folder, { recursive: true, encoding: "utf8" }).some((path) =>
    path.endsWith(`/${name}`),
  );
}

/** Every file in the project's folder that holds the text: the journal, the report, a cassette, logs, HOMEs. */
export function filesWith(project: Project, text: string): string[] {
  return readdirSync(project.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}

/** Which task and role a request is about, also where a program puts words of its own before the prompt. */
export function partOf({ messages, ...request }: NormalisedRequest): { task: string; role: string } {
  const from = messages.findIndex(({ role, text }) => role === "user" && text.includes("<task "));
  return aboutOf({ ...request, messages: messages.slice(Math.max(0, from)) });
}

/** A program's requests for a task's role, oldest first, without those on the side, as for a title. */
export function turnsFor(
  server: { calls: () => NormalisedRequest[] },
  { task, role }: { task: string; role: Role },
): NormalisedRequest[] {
  return server.calls().filter((request) => {
    const part = partOf(request);
    return request.toolNames.length > 0 && part.task === task && part.role === role;
  });
}
