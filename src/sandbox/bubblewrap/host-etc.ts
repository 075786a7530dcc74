import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { areUnchanged, type Source, sourceOf } from "../../sys/stamp.ts";
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
/** Where all of these lie. */
const etcFolders = [...new Set(["/etc", ...etcParts.map((path) => dirname(path)), "/etc/pki"])];

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

type EtcPath = { path: string; isLink: boolean };

/** What gives the paths in /etc that a sandbox may read. They are looked for again when a folder there has changed. */
export function etcReader(): () => string[] {
  let known: { paths: EtcPath[]; sources: Source[] } | null = null;
  return () => {
    if (known === null || !areUnchanged(known.sources)) {
      const sources = etcFolders.map(sourceOf);
      known = { paths: listEtc(), sources };
    }
    // What a link leads to comes and goes without a sign in its folder.
    return known.paths.filter(({ path, isLink }) => !isLink || existsSync(path)).map(({ path }) => path);
  };
}

function listEtc(): EtcPath[] {
  const named = readdirSync("/etc").filter((name) => etcNames.some((pattern) => pattern.test(name)));
  return [...named.map((name) => join("/etc", name)), ...etcParts].flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, isLink: found.isSymbolicLink() }];
  });
}
