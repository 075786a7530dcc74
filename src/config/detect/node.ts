import { findPackageManager, type PackageManager } from "./package-manager.ts";
import { readListed, type FoundGate, type Project, type Toolset } from "./toolset.ts";

type Manifest = { scripts: Record<string, string>; dependencies: Set<string>; packageManager: unknown };

const typecheckNames = ["typecheck", "type-check", "types", "check-types", "check:types", "tsc"];

export async function detectNode(project: Project): Promise<Toolset | null> {
  const text = await readListed(project, "package.json");
  if (text === null) return null;
  const manifest = parseManifest(text);
  if (manifest === null) {
    return {
      language: "node",
      setup: null,
      gates: [],
      notes: ["package.json is not readable as JSON, so it was left out."],
    };
  }
  const manager = await findPackageManager(project, manifest.packageManager);
  const notes: string[] = [];
  const hasDependencies = manifest.dependencies.size > 0 || project.files.includes("pnpm-workspace.yaml");
  const install = `${manager.install} ${manager.withoutScripts}`;
  if (hasDependencies) {
    notes.push(
      `Dependencies come from \`${install}\` (${manager.because}).`,
      `Their install scripts are not run. For a project that needs them: \`setup: ${manager.install}\`.`,
    );
  } else notes.push("package.json has no dependencies, so nothing is installed.");
  const gates = [
    ...typecheckGate(manifest, { project, manager, notes }),
    ...lintGate(manifest, { manager, notes }),
    ...testGate(manifest, { manager, notes }),
  ];
  if (gates.length === 0 && manifest.scripts["build"] !== undefined) {
    gates.push({ name: "build", command: manager.run("build") });
    notes.push("The gate build runs the script of that name, since there is nothing else.");
  }
  return { language: "node", setup: hasDependencies ? install : null, gates, notes };
}

type Context = { manager: PackageManager; notes: string[] };

function typecheckGate(
  manifest: Manifest,
  { project, manager, notes }: Context & { project: Project },
): FoundGate[] {
  const script = typecheckNames.find((name) => isUsable(manifest.scripts[name]));
  if (script !== undefined) {
    notes.push(`The gate typecheck runs the script ${script} of package.json.`);
    return [{ name: "typecheck", command: manager.run(script) }];
  }
  if (!project.files.includes("tsconfig.json")) return [];
  if (!manifest.dependencies.has("typescript")) {
    notes.push("There is a tsconfig.json, but typescript is no dependency, so types are not checked.");
    return [];
  }
  notes.push("The gate typecheck runs tsc, since there is a tsconfig.json and no script for it.");
  return [{ name: "typecheck", command: manager.exec("tsc --noEmit") }];
}

function lintGate({ scripts }: Manifest, { manager, notes }: Context): FoundGate[] {
  if (!isUsable(scripts["lint"])) return [];
  notes.push("The gate lint runs the script lint of package.json.");
  return [{ name: "lint", command: manager.run("lint") }];
}

function testGate({ scripts }: Manifest, { manager, notes }: Context): FoundGate[] {
  const script = scripts["test"];
  if (script === undefined || script.trim() === "") {
    notes.push("package.json has no script test.");
    return [];
  }
  // What `npm init` writes.
  if (script.includes("no test specified")) {
    notes.push("The script test of package.json is npm's placeholder, so it is no gate.");
    return [];
  }
  if (!isUsable(script)) {
    notes.push("The script test of package.json watches files and never ends, so it is no gate.");
    return [];
  }
  notes.push("The gate test runs the script test of package.json.");
  return [{ name: "test", command: manager.run("test") }];
}

function isUsable(script: string | undefined): boolean {
  return (
    script !== undefined &&
    script.trim() !== "" &&
    !/(^|\s)(--watch(All)?(?!\S)|--watch(All)?=true|vitest watch)/.test(script)
  );
}

function parseManifest(text: string): Manifest | null {
  try {
    const manifest = asRecord(JSON.parse(text));
    const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    const scripts = Object.entries(asRecord(manifest["scripts"])).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return {
      scripts: Object.fromEntries(scripts),
      dependencies: new Set(kinds.flatMap((kind) => Object.keys(asRecord(manifest[kind])))),
      packageManager: manifest["packageManager"],
    };
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
