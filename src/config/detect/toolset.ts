export type Project = { files: readonly string[]; read: (path: string) => Promise<string | null> };

export type FoundGate = { name: string; command: string };

/** How one language's tools check a project. */
export type Toolset = {
  language: "node" | "python" | "rust" | "go" | "make";
  /** Command that fetches the dependencies, or null when there are none. */
  setup: string | null;
  gates: FoundGate[];
  notes: string[];
};

/** The text of a file that is listed, else null: what is not in the list is not in the commit either. */
export async function readListed({ files, read }: Project, path: string): Promise<string | null> {
  return files.includes(path) ? read(path) : null;
}
