import type { Project, Toolset } from "./toolset.ts";

const targets = ["typecheck", "lint", "test"];

/**
 * Targets fill the gaps that a language's own tools leave: where there are both, the target mostly wraps them.
 * @param taken names of the gates that were found already
 */
export async function detectMake(
  { files, read }: Project,
  taken: readonly string[],
): Promise<Toolset | null> {
  // In make's own order of preference.
  const file = ["GNUmakefile", "makefile", "Makefile"].find((name) => files.includes(name));
  if (file === undefined) return null;
  const text = (await read(file)) ?? "";
  let chosen = targets.filter((target) => !taken.includes(target) && hasTarget(text, target));
  // GNU's name for running the tests.
  if (chosen.length === 0 && taken.length === 0 && hasTarget(text, "check")) chosen = ["check"];
  return {
    language: "make",
    setup: null,
    gates: chosen.map((target) => ({ name: target, command: `make ${target}` })),
    notes: chosen.map((target) => `The gate ${target} runs the target ${target} of ${file}.`),
  };
}

function hasTarget(makefile: string, target: string): boolean {
  // `test:` and `lint test:`, but neither `test := x` nor a recipe's indented line.
  return new RegExp(`^(?![\\t#])(?:[^\\n:=#]*\\s)?${target}(?:\\s[^\\n:=#]*)?::?(?![:=])`, "m").test(
    makefile,
  );
}
