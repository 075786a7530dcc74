import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AgentxError } from "../../core/error.ts";
import type { RunSettings } from "../../core/run-settings.ts";
import { plainText } from "../../core/plain-text.ts";
import { madeBesides } from "../../git/installs/made-besides.ts";
import { keepSealedInstalls, removeInstalls, sealInstalls } from "../../git/installs/sealed-installs.ts";
import { shareInstalls, takeInstalls } from "../../git/installs/shared-installs.ts";
import { egressOf } from "../../sandbox/egress/egress.ts";
import type { SandboxProvider, SandboxSpec } from "../../sandbox/sandbox.ts";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import { makeFolder } from "../../sys/make-folder.ts";

export type SetUpPorts = {
  sandboxes: SandboxProvider;
  /** HOME of set-up commands: package managers keep their caches there between checkouts. */
  cacheHome: string;
  /** Environment that a registry of the person's own, or one with a private authority, needs; no secrets. */
  registryEnv: Record<string, string>;
  /** Lines for the `.npmrc` of that HOME. */
  npmrc: string;
  /** The person's proxy variables. */
  personProxy: Record<string, string>;
  /** The folder of shared installs, which no sandbox reaches. */
  installs: string;
  /** Names the tools that an install depends on. */
  toolchain: string;
};

/**
 * @property isTrusted whether the checkout is of a commit that nobody is at work on, so that what is installed from it may
 * be handed to other checkouts
 */
type SetUpJob = { settings: SetUpSettings; signal: AbortSignal; isTrusted: boolean };

export type SetUpSettings = Pick<RunSettings, "setup" | "sandboxReadOnly">;

/** A checkout and the folder of agentx's own notes on it. */
export type Checkout = { path: string; gitDir: string };

/** Files that decide what is installed. Only those in the root: a workspace's lock file is there. */
const lockFiles = [
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "requirements.txt",
  "Cargo.toml",
  "Cargo.lock",
  "go.mod",
  "go.sum",
];

/**
 * Runs the set-up command in a checkout, unless it already ran there for the same lock files and all that it installed is
 * as it was, or what it installs is shared already.
 * @throws AgentxError SETUP_FAILED with the end of the command's output.
 */
export async function setUp(
  checkout: Checkout,
  { settings, signal, isTrusted }: SetUpJob,
  ports: SetUpPorts,
): Promise<void> {
  if (settings.setup === null) return;
  const { command, timeoutMs, network } = settings.setup;
  const marker = join(checkout.gitDir, "agentx-setup");
  const key = `${await hashLockFiles(checkout.path)} ${command}`;
  const isThere = await keepSealedInstalls(checkout);
  if (isThere && (await isMadeBy(key, { marker, checkout }))) return;
  await removeInstalls(checkout);
  const share = { folder: ports.installs, key: `${key} ${ports.toolchain}` };
  if (await takeInstalls(checkout, share)) {
    await sealInstalls(checkout);
    return writeFileAtomic(marker, key);
  }
  await makeFolder(ports.cacheHome);
  // A command of an earlier checkout may have written one of its own.
  await writeFileAtomic(join(ports.cacheHome, ".npmrc"), ports.npmrc);
  const walls: SandboxSpec = {
    root: checkout.path,
    writable: true,
    scratch: ports.cacheHome,
    readOnly: settings.sandboxReadOnly,
    env: { ...ports.registryEnv, HOME: ports.cacheHome, CI: "1" },
    network: egressOf(network, { setting: "setup.network", personProxy: ports.personProxy }),
  };
  const result = await ports.sandboxes.run(walls, { command, timeoutMs, signal });
  if (result.type === "exited" && result.exitCode === 0) {
    if (isTrusted) await shareInstalls(checkout, share);
    await sealInstalls(checkout);
    return writeFileAtomic(marker, [key, ...(await madeBesides(checkout))].join("\0"));
  }
  const how = result.type === "exited" ? `exit ${result.exitCode}` : result.type;
  const tail = plainText(result.output).trimEnd().split("\n").slice(-12).join("\n");
  throw new AgentxError("SETUP_FAILED", {
    where: "setup",
    what: `\`${command}\` failed (${how}):\n${tail}`,
    hint: "mend it, or set `setup:` in agentx.yaml (false for none)",
  });
}

/** Whether the last set-up is the wanted one, and what it made besides installs is still there: emptying a checkout takes that away. */
async function isMadeBy(
  key: string,
  { marker, checkout }: { marker: string; checkout: Checkout },
): Promise<boolean> {
  const [ranFor, ...made] = (await readFile(marker, "utf8").catch(() => "")).split("\0");
  if (ranFor !== key) return false;
  if (made.length === 0) return true;
  const now = new Set(await madeBesides(checkout));
  return made.every((line) => now.has(line));
}

async function hashLockFiles(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of lockFiles) {
    const bytes = await readRegularFile(join(folder, name));
    if (bytes) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Never through a link: the folder may hold what a worker made. */
async function readRegularFile(path: string): Promise<Buffer | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return (await file.stat()).isFile() ? await file.readFile() : null;
  } catch {
    return null;
  }
}
