import type { SandboxSpec } from "./sandbox.ts";

type Reading = { root: string; scratch: string; readOnly: string[]; gitCommonDir: string; gitDir: string };

/** For those who look around and change nothing: a planner, a reviewer. */
export function readingSpec({ root, scratch, readOnly, gitCommonDir, gitDir }: Reading): SandboxSpec {
  const env = { CI: "1", NO_COLOR: "1" };
  return { root, scratch, readOnly, gitCommonDir, gitDir, env, writable: false, network: false };
}
