import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { SandboxHost } from "./bubblewrap-args.ts";

/** What compilers, linkers, interpreters and TLS read. Not: passwd, shadow, ssh, gitconfig, npmrc, environment, machine-id. */
const etcNames = [
  /^ld\.so\./,
  /^alternatives$/,
  /^ca-certificates/,
  /^crypto-policies$/,
  /^fonts$/,
  /^gai\.conf$/,
  /^java/,
  /^locale/,
  /^localtime$/,
  /^magic$/,
  /^mime\.types$/,
  /^os-release$/,
  /^perl$/,
  /^php/,
  /^protocols$/,
  /^python3/,
  /^services$/,
  /^terminfo$/,
  /^timezone$/,
];
/** Parts of folders that also hold private keys. */
const etcParts = [
  "/etc/ssl/certs",
  "/etc/ssl/cert.pem",
  "/etc/ssl/openssl.cnf",
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/pki/tls/cert.pem",
  "/etc/pki/tls/openssl.cnf",
];

const systemNames = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt"];
/** npm's global settings, which may hold registry tokens. */
const maybeSecret = ["/usr/etc/npmrc", "/usr/local/etc/npmrc"];

type SystemView = Pick<SandboxHost, "systemFolders" | "systemLinks" | "masked">;

/** Read once a provider: what of the system's folders is there, and which are links into /usr. */
export function readSystem(): SystemView {
  const paths = systemNames.map((name) => `/${name}`).filter((path) => existsSync(path));
  const links = paths.filter((path) => lstatSync(path).isSymbolicLink());
  return {
    systemFolders: paths.filter((path) => !links.includes(path)),
    systemLinks: links.map((path) => ({ path, target: readlinkSync(path) })),
    masked: maybeSecret.filter((path) => existsSync(path)),
  };
}

/** The paths in /etc that a sandbox may read. */
export function readEtc(): string[] {
  const named = readdirSync("/etc").filter((name) => etcNames.some((pattern) => pattern.test(name)));
  return [...named.map((name) => join("/etc", name)), ...etcParts].filter((path) => existsSync(path));
}
