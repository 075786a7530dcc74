import { realpathSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgentxError } from "../core/error.ts";
import { nameHome } from "../git/named-home.ts";
import { type GitPlace, runGit } from "../git/processes/run-git.ts";

/** `docs/demo/` stands beside both `src/` and `dist/`, at the package's root. */
const demoFolder = fileURLToPath(new URL("../../docs/demo/", import.meta.url));

/** Where the parts of the scripted models are in the project; git does not see them. */
const scriptFolder = "demo";
const planFile = "plan.md";

export type DemoProject = {
  folder: string;
  /** The plan, from the project's root. */
  planFile: string;
  /** Why a gate that one would expect is left out, in a sentence each. */
  notes: string[];
};

/**
 * Makes the demo's project: its files, the plan among them, and its history of one commit.
 * @param folder absolute path of a folder that is absent or empty; null for a new one among the temporary files
 * @throws AgentxError FOLDER_NOT_EMPTY, or what git says
 */
export async function makeDemoProject(folder: string | null): Promise<DemoProject> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), "agentx-demo-")));
  await refuseFull(root);
  await cp(join(demoFolder, "project"), root, { recursive: true });
  const typescript = await findTypescript();
  await writeFile(join(root, "agentx.yaml"), configText(typescript));
  await cp(join(demoFolder, planFile), join(root, planFile));
  await commitAll(root);
  // All that the demo leaves behind is in its folder, whatever is done there later.
  await nameHome(root, join(".agentx", "home"));
  await mkdir(join(root, scriptFolder));
  for (const name of Object.values(scripts)) {
    await cp(join(demoFolder, name), join(root, scriptFolder, name));
  }
  const notes =
    typescript === null ? ["no typecheck: TypeScript 6 or newer is not installed beside agentx"] : [];
  return { folder: root, planFile, notes };
}

/** The last commits of the project's checked out branch, as git draws them. */
export async function readDemoHistory(folder: string): Promise<string[]> {
  const { stdout } = await runGit({ cwd: folder }, ["log", "--oneline", "--graph", "--no-color"]);
  return stdout.trimEnd().split("\n");
}

async function refuseFull(folder: string): Promise<void> {
  const refuse = (what: string): never => {
    const hint = "name one that is absent or empty, or none for a new one among the temporary files";
    throw new AgentxError("FOLDER_NOT_EMPTY", { where: folder, what, hint });
  };
  try {
    if ((await readdir(folder)).length > 0)
      refuse("the folder is not empty, and nothing of yours is overwritten");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOTDIR") refuse("it is no folder");
    if (code !== "ENOENT") throw error;
  }
}

const scripts = {
  implementer: "implementer.yaml",
  researcher: "researcher.yaml",
  reviewer: "reviewer.yaml",
} as const;

/** Its own identity and no template: nothing of the person's git configuration matters here. */
async function commitAll(root: string): Promise<void> {
  const identity = ["user.name=agentx demo", "user.email=agentx@localhost", "core.autocrlf=false"];
  const place: GitPlace = { cwd: root, config: [...identity, "core.excludesFile="] };
  await runGit(place, ["init", "--quiet", "--initial-branch=main", "--template=", "."]);
  await mkdir(join(root, ".git", "info"), { recursive: true });
  await writeFile(join(root, ".git", "info", "exclude"), `/${scriptFolder}/\n`);
  await runGit(place, ["add", "--all"]);
  await runGit(place, ["commit", "--quiet", "--message=Short links, kept in memory"]);
}

/** `tsc` and the folders that it needs: the package, and its native program where it has one. */
type Typescript = { tsc: string; folders: string[] };

const oldestTypescript = 6;

async function findTypescript(): Promise<Typescript | null> {
  const file = resolved(createRequire(import.meta.url), "typescript/package.json");
  if (file === null) return null;
  const { version, bin } = JSON.parse(await readFile(file, "utf8")) as {
    version: string;
    bin: { tsc: string };
  };
  if (Number.parseInt(version, 10) < oldestTypescript) return null;
  const native = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
  const manifests = [file, resolved(createRequire(file), native)].filter((path) => path !== null);
  return { tsc: join(dirname(file), bin.tsc), folders: manifests.map(dirname) };
}

function resolved(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}

function configText(typescript: Typescript | null): string {
  const models = [
    ["plan", scripts.implementer],
    ["research", scripts.researcher],
    ["implement", scripts.implementer],
    ["review", scripts.reviewer],
    ["resolve", scripts.implementer],
  ] as const;
  // By its path: the Node that a later `agentx resume` finds may be too old for the project.
  const node = realpathSync(process.execPath);
  const runs = (args: string): string => `${quoted(node)} ${args}`;
  const gates = [
    ...(typescript === null ? [] : [["typecheck", runs(`${quoted(typescript.tsc)} -p .`)] as const]),
    ["test", runs("--test")],
    ["lint", runs("scripts/lint.ts")],
  ] as const;
  return [
    "# Scripted models: their parts are in demo/. With a real key, leave `models` out.",
    "models:",
    ...models.map(([role, file]) => `  ${role}: scripted/${scriptFolder}/${file}`),
    "",
    "gates:",
    ...gates.map(([name, command]) => `  ${name}: ${JSON.stringify(command)}`),
    "",
    "slots: 5",
    "setup: false",
    "sandbox:",
    `  readOnly: ${JSON.stringify([node, ...(typescript?.folders ?? [])])}`,
    "",
  ].join("\n");
}

/** For `sh -c`. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
