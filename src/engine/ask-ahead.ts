import process from "node:process";
import type { RunBase } from "../core/event.ts";
import { type BubblewrapProbe, findBwrap, probeBubblewrap } from "../sandbox/bubblewrap/probe-bubblewrap.ts";
import type { Env } from "../sys/paths.ts";
import { lookAtBase, openWorkspace, type Workspace } from "./workspace.ts";

/** What other processes are asked about a new run before the program for it is loaded, which takes as long as their answers. */
export type Asked = {
  workspace: Promise<Workspace>;
  base: Promise<RunBase>;
  /** Whether the person's checkout has changes. */
  isDirty: Promise<boolean>;
  /** Null where nobody will want it. */
  bubblewrap: Promise<BubblewrapProbe> | null;
};

/** Nothing is changed by it, and what goes wrong is told to whoever awaits it. */
export function askAhead(cwd: string, env: Env, unsafeNoSandbox: boolean): Asked {
  const workspace = openWorkspace(cwd, env);
  const looked = workspace.then(lookAtBase);
  const base = looked.then((look) => look.base);
  const isDirty = looked.then((look) => look.isDirty);
  for (const asked of [workspace, base, isDirty]) asked.catch(() => {});
  const isLikely = process.platform === "linux" && !unsafeNoSandbox;
  return {
    workspace,
    base,
    isDirty,
    bubblewrap: isLikely ? probeBubblewrap(findBwrap(env["PATH"] ?? "")) : null,
  };
}
