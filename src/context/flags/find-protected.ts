import type { GateSpec } from "../../core/run-settings.ts";
import { isProtected } from "../../core/protected-paths.ts";
import type { Change, ChangedFile } from "./changed-file.ts";
import type { Found } from "./finding.ts";
import { isTestFile } from "./test-files.ts";

/** Changed files that decide over gates, dependencies, agents or CI: protected ones, and programs that a gate names. */
export function findProtected({ files }: Change, gates: readonly GateSpec[]): Found[] {
  const words = gates
    .flatMap(({ command }) => command.split(/[\s"'`;|&()<>=]+/))
    .map((word) => word.replace(/^\.\//, ""));
  return files.flatMap((file) => {
    const isGates = words.includes(file.path) && !isTestFile(file.path);
    if (!isGates && !isProtected(file.path)) return [];
    const what =
      file.before === null ? "is new" : file.after === null ? "is deleted" : `changes by ${sizeOf(file)}`;
    const role = isGates && !isProtected(file.path) ? "a gate runs it" : "protected";
    const why = `${what} (${role})`;
    return [{ kind: "protected", file: file.path, line: 0, quote: "", why, about: wordsOf(file) }];
  });
}

function sizeOf({ groups }: ChangedFile): string {
  const count = (side: "gone" | "fresh"): number =>
    groups.reduce((all, group) => all + group[side].length, 0);
  return `+${count("fresh")} -${count("gone")}`;
}

function wordsOf({ groups }: ChangedFile): string {
  return JSON.stringify(
    groups.map((group) => [group.gone, group.fresh].map((lines) => lines.map(({ text }) => text))),
  );
}
