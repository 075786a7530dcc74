import { readListed, type Project, type Toolset } from "./toolset.ts";

export async function detectGo(project: Project): Promise<Toolset | null> {
  const manifest = await readListed(project, "go.mod");
  if (manifest === null) return null;
  const hasDependencies = /^require\b/m.test(manifest);
  return {
    language: "go",
    setup: hasDependencies ? "go mod download" : null,
    gates: [
      { name: "vet", command: "go vet ./..." },
      { name: "test", command: "go test ./..." },
    ],
    notes: [
      "The gates vet and test run `go vet` and `go test` on every package (go.mod).",
      hasDependencies
        ? "Modules come from `go mod download`."
        : "go.mod requires nothing, so nothing is downloaded.",
    ],
  };
}
