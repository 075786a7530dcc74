import { type ProgramName, programNames } from "../core/agent-spec.ts";
import { findProgram } from "../sandbox/tools/find-program.ts";
import type { Env } from "../sys/paths.ts";
import { programVersion } from "./program-version.ts";

export type FoundProgram = {
  name: ProgramName;
  file: string;
  /** Empty where it does not say. */
  version: string;
};

/** The programs of other vendors on PATH, with their versions; none of the repository under work. */
export async function findPrograms(env: Env, root: string | null): Promise<FoundProgram[]> {
  // Nothing lies in a file.
  const place = { path: env["PATH"] ?? "", notIn: root ?? "/dev/null" };
  const all = await Promise.all(
    programNames.map(async (name) => {
      const found = await findProgram(name, place);
      if (found === null) return [];
      const version = (await programVersion(found.file, env)) ?? "";
      return [{ name, file: found.file, version }];
    }),
  );
  return all.flat();
}
