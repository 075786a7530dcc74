import { plainLine } from "./plain-text.ts";
import { isProtected } from "./protected-paths.ts";
import type { Task } from "./plan.ts";
import type { RunSettings } from "./run-settings.ts";

/** What agentx itself found in a change that may weaken how the change is judged. */
export type FlagKind =
  | "protected"
  /** The gates are green only with the change's own version of the files that decide over them. */
  | "own-checks"
  /** A gate ran fewer tests than on the base. */
  | "fewer-tests"
  /** A conflict was settled with markers left in, or with nothing of one side. */
  | "badly-resolved"
  | "test-deleted"
  | "case-deleted"
  | "skipped"
  | "focused"
  | "assertions-removed"
  | "assertion-hollow"
  | "compiler-loosened"
  | "lint-loosened"
  | "suppressed"
  | "test-script"
  | "ci-step"
  | "early-exit"
  | "snapshot-rewritten"
  | "coverage-lowered";

export type Flag = {
  kind: FlagKind;
  /** Relative to the repository's root; a gate's command where it is about no file. */
  file: string;
  /** 1-based, in the new text where there is one, else in the old; 0 for the whole file. */
  line: number;
  /** The words that it is about, cut; empty for the whole file. */
  quote: string;
  why: string;
  /** Names the very change: what the person let through once is not asked about again, another change is. */
  id: string;
};

/** Too often right to ask a person about each; the reviewer judges them. */
const forTheReviewer: readonly FlagKind[] = [
  "assertions-removed",
  "assertion-hollow",
  "suppressed",
  "snapshot-rewritten",
];

/** The flags that only the person may let through, in one question. */
export function askedFlags(
  flags: readonly Flag[],
  { task, settings, allowed }: { task: Task; settings: RunSettings; allowed: readonly string[] },
): Flag[] {
  if (settings.protect === "review") return [];
  return flags.filter(
    (flag) =>
      !forTheReviewer.includes(flag.kind) &&
      !allowed.includes(flag.id) &&
      !(flag.kind === "protected" && isForeseen(task, flag.file)),
  );
}

/** The plan allows a protected path by naming it, or the protected folder it is in. A wildcard over everything names nothing. */
export function isForeseen(task: Task, file: string): boolean {
  return task.touches.some((touch) => {
    const path = touch.replace(/^\.?\//, "");
    if (path === file) return true;
    const wildcard = path.search(/[*?[{]/);
    const fixed = wildcard === -1 ? path : path.slice(0, path.lastIndexOf("/", wildcard) + 1);
    const folder = fixed === "" || fixed.endsWith("/") ? fixed : `${fixed}/`;
    return folder !== "" && isProtected(folder) && file.startsWith(folder);
  });
}

/** `package.json:5 the test script …: "test": "exit 0"`; the quote is somebody else's text. */
export function flagLine({ file, line, why, quote }: Flag): string {
  const place = line > 0 ? `${file}:${line}` : file;
  return plainLine(`${place} ${why}${quote === "" ? "" : `: ${quote}`}`);
}
