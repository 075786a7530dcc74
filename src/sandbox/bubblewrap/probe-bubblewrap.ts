import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { isolation } from "./bubblewrap-args.ts";

export type BubblewrapProbe =
  | {
      type: "works";
      kind: "bubblewrap";
      name: "bubblewrap";
      version: string;
      file: string;
      canDisableUserns: boolean;
    }
  | { type: "broken"; name: "bubblewrap"; version: string; file: string; reason: string; hint: string }
  | { type: "missing"; name: "bubblewrap"; reason: string; hint: string };

const probeTimeoutMs = 10_000;

/**
 * Really opens a sandbox: an installed bubblewrap may still be forbidden by the kernel.
 * @param file absolute path of bwrap, or null where there is none.
 */
export async function probeBubblewrap(file: string | null): Promise<BubblewrapProbe> {
  if (file === null) {
    return {
      type: "missing",
      name: "bubblewrap",
      reason: "bubblewrap (bwrap) is not installed",
      hint: "install it: `apt-get install bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora), `pacman -S bubblewrap` (Arch)",
    };
  }
  // Both at once: neither needs the other's answer.
  const asked = run(file, ["--version"]);
  const named = async (): Promise<string> => (await asked).output.replace(/^bubblewrap\s*/, "").trim();
  const reasons: string[] = [];
  // Older versions do not know the flag, and a setuid bwrap refuses it.
  for (const canDisableUserns of [true, false]) {
    const { ok, output } = await run(file, probeArgs(canDisableUserns));
    if (ok) {
      const version = await named();
      return { type: "works", kind: "bubblewrap", name: "bubblewrap", version, file, canDisableUserns };
    }
    reasons.push(output.trim());
  }
  const reason = reasons.at(-1) ?? "";
  return { type: "broken", name: "bubblewrap", version: await named(), file, reason, hint: hintFor(reason) };
}

function probeArgs(canDisableUserns: boolean): string[] {
  const host = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, canDisableUserns };
  return ["--ro-bind", "/", "/", ...isolation(host), "--", "/bin/sh", "-c", "true"];
}

/** The system's own first; never one that a project brought. */
export function findBwrap(path: string): string | null {
  const entries = path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry) && !entry.includes("node_modules"));
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin", ...entries]) {
    const file = join(folder, "bwrap");
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  return null;
}

function hintFor(reason: string): string {
  if (/proc/i.test(reason) && /not permitted|denied/i.test(reason)) {
    return "this looks like a container: start it with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`";
  }
  return [
    "user namespaces seem to be off for this user. One of these turns them on:",
    "Ubuntu 23.10 and later: give /usr/bin/bwrap an AppArmor profile with `userns,` (package apparmor-profiles: bwrap-userns-restrict), or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`",
    "Debian 10 and older kernels: `sysctl kernel.unprivileged_userns_clone=1`",
    "anywhere: `sysctl user.max_user_namespaces` must not be 0",
  ].join("\n  ");
}

async function run(file: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { env: {}, timeout: probeTimeoutMs });
    return { ok: true, output: stdout };
  } catch (error) {
    const said =
      error instanceof Error && "stderr" in error && typeof error.stderr === "string" ? error.stderr : "";
    return { ok: false, output: said === "" ? String(error) : said };
  }
}
