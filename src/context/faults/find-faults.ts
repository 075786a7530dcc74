import { chooseFiles, languagesIn } from "./choose-files.ts";
import { commandText } from "./command-text.ts";
import type { Fault, FaultKind, FaultyProject, Language } from "./fault.ts";
import { kindsOf } from "./kinds-of.ts";
import { goFault, pythonFault, rustFault } from "./other-faults.ts";
import { scriptFault } from "./script-faults.ts";

const makers: Readonly<Record<Language, (kind: FaultKind, file: { path: string; text: string }) => string>> =
  {
    script: scriptFault,
    python: pythonFault,
    go: goFault,
    rust: rustFault,
  };

/** For each sort of fault that a gate is there to find, some to try; none where it is not known what the gate does. */
export async function findFaults(
  gate: { name: string; command: string },
  project: FaultyProject,
): Promise<{ kind: FaultKind; faults: Fault[] }[]> {
  const text = await commandText(gate.command, project);
  const faults: Fault[] = [];
  for (const { kind, language } of kindsOf({ name: gate.name, text }, languagesIn(project.files))) {
    for (const path of chooseFiles(project.files, { kind, language })) {
      const end = makers[language](kind, { path, text: (await project.read(path)) ?? "" });
      faults.push({ kind, path, append: `\n${end}` });
    }
  }
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds.map((kind) => ({ kind, faults: faults.filter((fault) => fault.kind === kind) }));
}
