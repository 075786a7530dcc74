import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, setEnv } from "./make-repository.ts";

/** The commands that git is called with from here on. */
export function countGit(): () => string[] {
  const folder = makeFolder();
  const real = (process.env["PATH"] ?? "").split(":").find((part) => existsSync(join(part, "git"))) ?? "";
  writeFileSync(
    join(folder, "git"),
    `#!/bin/sh\necho "$*" >> '${folder}/calls'\nexec '${join(real, "git")}' "$@"\n`,
    { mode: 0o755 },
  );
  setEnv("PATH", `${folder}:${process.env["PATH"]}`);
  return () =>
    readFileSync(join(folder, "calls"), "utf8")
      .trimEnd()
      .split("\n")
      .map(
        (line) =>
          /(?:^| )(read-tree|clean|restore|cat-file|ls-files|update-ref|[a-z]+-[a-z]+) /.exec(
            `${line} `,
          )?.[1] ?? line,
      );
}
