import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where downloaded packages are kept between runs, outside of any repository. */
const cache: string = process.env["AGENTX_TEST_CACHE"] ?? join(homedir(), ".cache", "agentx-tests");

/** The machine's own programs: npm, and not what this repository has installed. */
const systemPath: string = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** What this machine needs to reach the registry. */
export const networkEnv: Record<string, string> = Object.fromEntries(
  [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "npm_config_registry",
  ].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Runs npm as a person would. */
export function npm(cwd: string, ...args: string[]): string {
  const env = { ...process.env, PATH: systemPath };
  return execFileSync("npm", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Unpacks the source of a published package into `folder`; it is downloaded once. */
export function unpackPackage(folder: string, { name, version }: { name: string; version: string }): void {
  const archive = join(cache, `${name}-${version}.tgz`);
  if (!existsSync(archive)) download(archive, `${name}@${version}`);
  execFileSync("tar", ["-xzf", archive, "--strip-components=1", "-C", folder]);
}

/** In two steps, so that no other process ever sees half of a file. */
function download(archive: string, wanted: string): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "download-"));
  try {
    const name = npm(folder, "pack", wanted, "--silent").trim().split("\n").at(-1) ?? "";
    renameSync(join(folder, name), archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
