import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, delimiter } from "node:path";
import process from "node:process";
import { execa } from "execa";

/**
 * A folder with these packages as `npm install` leaves them. Two at once may both install; the folder only ever appears
 * whole, and one that is there is used again.
 */
export async function npmInstall(home: string, packages: readonly string[]): Promise<void> {
  if (await isThere(home)) return;
  await mkdir(dirname(home), { recursive: true });
  const fresh = await mkdtemp(`${home}.`);
  try {
    const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    await execa("npm", ["install", "--prefix", fresh, ...options, ...packages], {
      cwd: fresh,
      env: { PATH: systemPath() },
      timeout: 600_000,
    });
    // Refused where another was faster; then its copy is the one.
    await rename(fresh, home).catch(() => undefined);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if (!(await isThere(home))) throw new Error(`npm left nothing in ${home}: ${packages.join(", ")}`);
}

/** PATH without what an npm script puts in front: the machine's own npm belongs to the machine's own Node. */
export function systemPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
