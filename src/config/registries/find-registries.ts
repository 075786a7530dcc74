import { parseHostRule } from "../../core/egress/allowlist.ts";
import { addressesIn } from "./addresses-in.ts";
import { type Ecosystem, ecosystems } from "./ecosystems.ts";

type Read = (path: string) => Promise<string | null>;

export type RegistrySources = {
  env: Readonly<Record<string, string | undefined>>;
  /** Paths in the base commit; a worker's tree has no say. */
  files: readonly string[];
  readAtBase: Read;
  /** From the person's HOME; null where there is no such file. */
  readOwn: Read;
};

/**
 * Which hosts a setup command has to reach, as entries of an allowlist. The registry of a company has a private address, so each
 * may have one: it was named by the person, the base commit, or here.
 */
export async function findRegistries(sources: RegistrySources): Promise<(command: string) => string[]> {
  const known = await Promise.all(
    ecosystems.map(async (one) => ({ one, hosts: await hostsOf(one, sources) })),
  );
  return (command) => {
    const words = command.split(/[^\w.@/-]+/).map((word) => word.slice(word.lastIndexOf("/") + 1));
    const named = known.filter(({ one }) => one.programs.some((program) => words.includes(program)));
    const meant =
      named.length > 0
        ? named
        : known.filter(({ one }) => one.manifests.some((file) => sources.files.includes(file)));
    return [...new Set(meant.flatMap(({ hosts }) => hosts))];
  };
}

async function hostsOf(
  one: Ecosystem,
  { env, files, readAtBase, readOwn }: RegistrySources,
): Promise<string[]> {
  const inFiles = await Promise.all([
    ...one.files.filter((path) => files.includes(path)).map((path) => readFrom(path, readAtBase)),
    ...one.ownFiles.map((path) => readFrom(path, readOwn)),
  ]);
  const inEnv = one.variables.flatMap((name) => (env[name] ?? "").match(/https?:\/\/[^\s,|]+/g) ?? []);
  return [...one.hosts, ...[...inEnv, ...inFiles.flat()].flatMap(hostOf)].map((host) => `${host} private`);
}

async function readFrom(path: string, read: Read): Promise<string[]> {
  const text = await read(path);
  return text === null ? [] : addressesIn(path, text);
}

function hostOf(address: string): string[] {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return [];
  return parseHostRule(url.host) === null ? [] : [url.host];
}
