import { existsSync } from "node:fs";
import { gitEnv, safeConfig } from "./git-env.ts";
import { folderGone, gitFailure, gitMissing } from "./git-failure.ts";

// simple-git refuses these where they might have come from elsewhere; nothing that git is asked to read needs them.
const guarded: ReadonlySet<string> = new Set([
  "EDITOR",
  "VISUAL",
  "PAGER",
  "PREFIX",
  "SSH_ASKPASS",
  "GIT_ASKPASS",
  "GIT_SSH",
  "GIT_SSH_COMMAND",
]);

/**
 * Runs a git command that only reads and gives its stdout as text.
 * @throws AgentxError GIT_FAILED on any exit code but 0, GIT_MISSING, UNSAFE_REPOSITORY.
 */
export async function readGit(cwd: string, args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(gitEnv()).filter(([name]) => !guarded.has(name.toUpperCase())),
  );
  const failures: Error[] = [];
  const { simpleGit } = await import("simple-git");
  const git = simpleGit({
    baseDir: cwd,
    config: [...safeConfig],
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
    },
    // By default an exit code without a word on stderr counts as success.
    errors: (error, { exitCode, stdErr }) => {
      if (exitCode === 0 && error === undefined) return undefined;
      const stderr = Buffer.concat(stdErr).toString();
      // A process that could not be started is told as text.
      const failure = /\bspawn \S+ ENOENT\b/.test(stderr)
        ? existsSync(cwd)
          ? gitMissing()
          : folderGone(cwd)
        : gitFailure(args, { exitCode, stderr });
      failures.push(failure);
      return failure;
    },
  });
  try {
    return await git.env(env).raw([...args]);
  } catch (error) {
    // simple-git wraps what is thrown in an error of its own.
    throw failures[0] ?? error;
  }
}
