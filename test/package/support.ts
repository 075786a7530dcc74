import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export const root: string = join(import.meta.dirname, "../..");

/** What a shell outside this project has on its PATH: not our own `node_modules/.bin`, nor the Node in it. */
export const systemPath: string = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** The same, with the Node that runs these tests first. */
export const newNodePath: string = [dirname(process.execPath), systemPath].join(delimiter);

/** `npm test` hands its own project's settings on; only those about the machine are kept. */
const machineSettings = /^npm_config_(registry|cache|userconfig|globalconfig)$/i;

export type Ran = { exitCode: number | null; stdout: string; stderr: string };
type Place = { cwd: string; path?: string; env?: Record<string, string> };

/** Runs a program as a script would: nobody at the keyboard, no terminal anywhere. */
export function run(
  file: string,
  args: readonly string[],
  { cwd, path = newNodePath, env = {} }: Place,
): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      machineSettings.test(name) ||
      !/^(npm_|INIT_CWD$|FORCE_COLOR$|NO_COLOR$|VITEST|NODE_(?!EXTRA_CA_CERTS))/i.test(name),
  );
  const child = spawn(file, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), PATH: path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs a program that has to succeed. */
export async function must(file: string, args: readonly string[], place: Place): Promise<string> {
  const { exitCode, stdout, stderr } = await run(file, args, place);
  if (exitCode !== 0)
    throw new Error(`${file} ${args.join(" ")} ended with ${exitCode}:\n${stdout}${stderr}`);
  return stdout;
}

/** A folder that lies in no npm project. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "agentx-package-")));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Packs this project, building it first as publishing would. @returns the tarball's path */
export async function packInto(folder: string): Promise<string> {
  await must("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root, path: systemPath });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack left no tarball");
  return join(folder, tarball);
}

/** Dependencies come from npm's cache where it has them. */
export async function installInto(folder: string, what: readonly string[]): Promise<void> {
  const flags = ["--prefer-offline", "--no-audit", "--no-fund"];
  await must("npm", ["install", ...flags, ...what], { cwd: folder, path: systemPath });
}
