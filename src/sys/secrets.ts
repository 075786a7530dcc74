import { createOwnFinder, createSecretFinder, type FindSecrets } from "../core/secrets/find-secrets.ts";
import { isSecretName } from "../core/secrets/secret-name.ts";
import type { OwnSecret } from "../core/secrets/secret-place.ts";
import type { Env } from "./paths.ts";

/** What finds the secrets of a process. It only looks: the values stay in here. */
export type Secrets = {
  /** The run's own and everything of a common form: for what is kept and shown. */
  findAny: FindSecrets;
  /** The run's own alone: for what goes back to a model. */
  findOwn: FindSecrets;
  /** The values of these variables are secrets too, whatever their names look like. */
  learn: (variables: Iterable<string | null>) => void;
};

/** Nobody's secrets: for readers and tests that keep nothing. */
export const noSecrets: Secrets = { findAny: () => [], findOwn: () => [], learn: () => {} };

const known = new WeakMap<Env, Secrets>();

/** One for each environment, so that what one part of agentx learns about it holds for all of them. */
export function secretsOf(env: Env): Secrets {
  const there = known.get(env);
  if (there !== undefined) return there;
  const made = createSecrets(env);
  known.set(env, made);
  return made;
}

function createSecrets(env: Env): Secrets {
  const named = new Set<string>();
  // Made when first needed: most commands say a few words and are done.
  let any: FindSecrets | null = null;
  let own: FindSecrets | null = null;
  return {
    findAny: (text) => (any ??= createSecretFinder({ own: ownSecrets(env, named) }))(text),
    findOwn: (text) => (own ??= createOwnFinder({ own: ownSecrets(env, named) }))(text),
    learn: (variables) => {
      for (const name of variables) {
        if (name === null || named.has(name)) continue;
        named.add(name);
        any = null;
        own = null;
      }
    },
  };
}

/** A key may be short where somebody runs the provider; a shorter one would be found in ordinary words. */
const shortest = 8;

function ownSecrets(env: Env, named: ReadonlySet<string>): OwnSecret[] {
  const found = new Map<string, string>();
  for (const [kind, raw] of Object.entries(env)) {
    const value = raw?.trim() ?? "";
    const isOwn = named.has(kind) ? value.length >= shortest : isSecretName(kind) && isTelling(kind, value);
    if (isOwn) found.set(value, kind);
    const password = /:\/\/[^\s:@/]*:([^\s@/]+)@/.exec(value)?.[1] ?? "";
    if (isTelling(kind, password)) found.set(password, kind);
  }
  return [...found].map(([value, kind]) => ({ kind, value }));
}

/** Long enough to be no word, and neither a path nor something that everybody may know. */
function isTelling(name: string, value: string): boolean {
  if (/PUBLIC|(^|_)PUB(_|$)|^GPG_KEY$/i.test(name)) return false;
  if (/^(~|\.{1,2})?(\/[\w.@+ -]+){2,}\/?$/.test(value) && value.length < 200 && /[a-z]{3}/.test(value)) {
    return false;
  }
  if (value.length >= 12) return true;
  return value.length >= shortest && /\d/.test(value) && /[A-Za-z]/.test(value);
}
