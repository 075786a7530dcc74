import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe } from "vitest";
import { findEngine } from "../../../src/sandbox/container/engine.ts";
import { temporaryFolder } from "../support.ts";

const podman = findEngine("podman", process.env);

/** Under CI a machine without podman fails; elsewhere the reason is in the title of what is skipped. */
export function describeContained(title: string, body: () => void): void {
  if (podman !== null || process.env["CI"] === "true") describe(title, body);
  else describe.skip(`${title} (skipped: podman is not on the PATH)`, body);
}

/** What the tests and the battery call; an image of a whole system would take minutes to copy. */
const programs = [
  "sh cat chmod chown cp cut dd df echo env false find grep head id kill ln ls mkdir mkfifo mknod mount mv nproc od",
  "printf ps readlink rm sed setsid sleep sort stat sync tail tee test touch tr true truncate uname unshare wc git bash",
].flatMap((names) => names.split(" "));

export type APodman = Disposable & { env: Record<string, string>; image: string };

/** A real podman with storage of its own, and an image of this machine's programs in it; no registry is asked. */
export function aPodman(): APodman {
  const folder = temporaryFolder();
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  // Who is root inside is nobody outside, and has to get through.
  chmodSync(folder.path, 0o711);
  writeFileSync(
    at("storage.conf"),
    `[storage]\ndriver = "vfs"\ngraphroot = "${at("storage")}"\nrunroot = "${at("run")}"\n`,
  );
  // crun refuses a machine with both versions of cgroups.
  const runtime = ["/usr/sbin/runc", "/usr/bin/runc"].some((file) => existsSync(file))
    ? 'runtime = "runc"\n'
    : "";
  writeFileSync(
    at("containers.conf"),
    `[engine]\n${runtime}cgroup_manager = "cgroupfs"\nevents_logger = "none"\n`,
  );
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: at("home"),
    CONTAINERS_STORAGE_CONF: at("storage.conf"),
    CONTAINERS_CONF: at("containers.conf"),
  };
  mkdirSync(at("home"));
  layOut(at("image"));
  execFileSync("tar", ["-C", at("image"), "-cf", at("image.tar"), "."]);
  const image = "localhost/agentx-test:1";
  execFileSync(podman?.file ?? "podman", ["import", "--quiet", at("image.tar"), image], {
    env,
    stdio: "pipe",
  });
  const dispose = (): void => {
    execFileSync(podman?.file ?? "podman", ["rm", "--all", "--force", "--time", "0"], { env, stdio: "pipe" });
    folder[Symbol.dispose]();
  };
  return { env, image, [Symbol.dispose]: dispose };
}

function layOut(root: string): void {
  for (const name of ["etc", "tmp", "var/tmp", "proc", "sys", "dev", "run", "home", "usr"])
    mkdirSync(join(root, name), { recursive: true });
  for (const name of ["tmp", "var/tmp"]) chmodSync(join(root, name), 0o1777);
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
  const files = new Set<string>();
  for (const name of programs) {
    const file = ["/usr/bin", "/bin", "/usr/sbin"]
      .map((at) => join(at, name))
      .find((path) => existsSync(path));
    if (file === undefined) continue;
    copy(file, join(root, "usr/bin", name));
    for (const library of librariesOf(file)) files.add(library);
  }
  for (const library of librariesOf(process.execPath)) files.add(library);
  for (const file of files) copy(file, join(root, file.replace(/^\/(lib|lib64)\//, "/usr/$1/")));
}

function librariesOf(file: string): string[] {
  try {
    const text = execFileSync("ldd", [file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return [...text.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
  } catch {
    // A script, or a program without libraries.
    return [];
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
}
