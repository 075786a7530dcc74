import type { WorkerJob } from "./agent.ts";

const timeoutMs = 10_000;

/** The folders of a job that lie elsewhere in another run, as they are seen inside the sandbox. */
export async function knownPaths({
  sandbox,
  scratch,
}: Pick<WorkerJob, "sandbox" | "scratch">): Promise<Record<string, string>> {
  const { output } = await sandbox.exec({ command: "pwd -P", timeoutMs });
  return { worktree: output.trim(), home: sandbox.home, scratch };
}
