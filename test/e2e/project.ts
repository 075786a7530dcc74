import { join } from "node:path";
import { onTestFinished } from "vitest";
import { serveScript, type ServeScriptOptions } from "../model-server/serve-script.ts";
import type { ModelServer } from "../model-server/server.ts";
import { commitFiles, git, write } from "../support/git.ts";
import { eventsOfType, modelEnv, openProject, type Project } from "../support/project.ts";

/** A project that goes when the test ends. */
export function makeProject(files?: Record<string, string>): Project {
  const project = openProject(files);
  onTestFinished(project.close);
  return project;
}

/**
 * A local model server that plays `script` (see docs/models.md; YAML, or the same as an object), and the environment
 * that leads the three SDKs to it.
 */
export async function serveModels(
  project: Project,
  script: string | object,
  options: ServeScriptOptions = {},
): Promise<{ server: ModelServer; env: Record<string, string> }> {
  write(project.folder, { "script.yaml": typeof script === "string" ? script : JSON.stringify(script) });
  const server = await serveScript(join(project.folder, "script.yaml"), { pauseScale: 1, ...options });
  onTestFinished(() => server.close());
  return { server, env: modelEnv(server.url) };
}

/** A reviewer's turn that approves. */
export const approves = `
      - call: { tool: submit_verdict, verdict: approve, summary: "does what the task asks", findings: [] }`;

export { commitFiles, eventsOfType, git, modelEnv, write };
export type { Project, Ran, Started } from "../support/project.ts";
