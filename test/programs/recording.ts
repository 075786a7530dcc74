import { join } from "node:path";
import { expect } from "vitest";
import type { ScriptTurn } from "../../src/models/script.ts";
import { outcomeOf } from "../e2e/killed.ts";
import { git, makeProject, type Project, type Ran } from "../e2e/project.ts";
import { approval, finishes, planOf, wrote, writes } from "../e2e/turns.ts";
import type { ServeScriptOptions } from "../model-server/serve-script.ts";
import type { ModelServer } from "../model-server/server.ts";
import { mixed, serveWithKey, vendors, wordsProject } from "./mixed-run.ts";

export const filesPlan: string = planOf({ a: ["agent: api"], b: [], c: ["needs: a, b"] });
export const looks: ScriptTurn = { call: { tool: "shell", command: "date; ls -la; git log -1 --format=%H" } };

const script = {
  tasks: {
    a: wrote({ "words.txt": "one\ntwo\n" }),
    b: {
      implement: [looks, writes({ "b.txt": "b\n" }), finishes("b.txt")],
      review: [looks, approval],
    },
    c: { implement: [writes({ "c.txt": "c\n" }), finishes("c.txt")], review: [approval] },
  },
};

const byAgent: Record<"claude" | "codex" | "gemini", string> = {
  claude: vendors.anthropic,
  codex: vendors.openai,
  gemini: vendors.google,
};
export type Recording = { project: Project; file: string; env: Record<string, string>; server: ModelServer };

export async function openRecording(
  files: Record<string, string>,
  options: ServeScriptOptions & { planner?: readonly object[]; worker?: keyof typeof byAgent } = {},
): Promise<Recording> {
  const { planner = [], worker = "claude", ...rest } = options;
  const { agents, models } = mixed;
  const project = await wordsProject(
    {
      agents: { ...agents, implement: worker },
      models: { ...models, implement: byAgent[worker] },
    },
    files,
  );
  const served = await serveWithKey(project, { ...script, planner }, rest);
  return { project, ...served, file: join(project.folder, "run.cassette") };
}

/** The same repository at the commit where the other one stands now, in another folder of somebody else's. */
export function cloneOf({ root, env }: Project): Project {
  const clone = makeProject({});
  git(clone.root, "fetch", "--quiet", root, "main");
  git(clone.root, "reset", "--quiet", "--hard", "FETCH_HEAD");
  clone.env["PATH"] = env["PATH"] ?? "";
  return clone;
}

type Dispatch = { input?: string; how: string[]; env?: Record<string, string> };

export function dispatch(project: Project, { input = "plan.md", how, env = {} }: Dispatch): Promise<Ran> {
  return project.agentx(["dispatch", input, "--yes", "--json", ...how], { env });
}

/** The same run elsewhere, when the server is gone and there is no key. */
export async function expectReplay(
  clone: Project,
  { project, file, server }: Recording,
  input = "plan.md",
): Promise<Ran> {
  await server.close();
  const heard = server.requests.length;
  const ran = await dispatch(clone, { input, how: ["--replay", file] });
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(await outcomeOf(clone)).toEqual(await outcomeOf(project));
  expect(server.requests).toHaveLength(heard);
  return ran;
}
