/** What a gate may be there to find. */
export type FaultKind = "type error" | "lint violation" | "format violation" | "failing test" | "build error";

export type Language = "script" | "python" | "go" | "rust";

/** A fault is text at the end of a file that is there already: what covers the file covers the fault. */
export type Fault = { kind: FaultKind; path: string; append: string };

/** Files of a commit, by which faults are chosen. */
export type FaultyProject = { files: readonly string[]; read: (path: string) => Promise<string | null> };

/** Stands in every fault, so that an output that speaks of the fault can be told from any other. */
const marker = /agentx.?planted/i;

/** Whether a gate's output speaks of the fault: of its file or by its name. */
export function namesFault(output: string, { path }: Pick<Fault, "path">): boolean {
  return output.includes(path.slice(path.lastIndexOf("/") + 1)) || marker.test(output);
}
