import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isExecutable } from "../../sys/is-executable.ts";

/** What `sh` does by itself: its own commands and the words of its language. */
const builtIn = new Set(
  [
    ": . [ ! { } ( alias bg break case cd command continue do echo eval exec exit export false fg for getopts hash if",
    "jobs kill local printf pwd read readonly return set shift test times trap true type ulimit umask unalias unset",
    "until wait while",
  ].flatMap((names) => names.split(" ")),
);

/** The program that a shell command begins with, when it is not on the PATH; null when it is, or cannot be told. */
export function missingProgram(
  command: string,
  { path, root }: { path: string; root: string },
): string | null {
  const words = command.trim().split(/\s+/);
  const program = words.find((word) => !/^\w+=/.test(word)) ?? "";
  if (builtIn.has(program) || !/^[\w./@+-]+$/.test(program)) return null;
  if (program.includes("/")) return existsSync(join(root, program)) || existsSync(program) ? null : program;
  // npm and its like put a project's own tools first on the PATH only when they run a script.
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program))) ? null : program;
}
