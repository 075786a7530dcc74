import { isSecretName } from "../core/secrets/secret-name.ts";

/** What the keys of the usual vendors begin with. */
const secretValue =
  /(^|[\s=:"'])(sk-[\w-]{8,}|(sk|rk)_(live|test)_\w{8,}|gh[opsu]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|xox[abpr]-[\w-]{8,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{20,}|ya29\.[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]{8,}|-----BEGIN )/;

export function looksLikeSecret(text: string): boolean {
  return secretValue.test(text);
}

/** A command that sets a secret: `OPENAI_API_KEY=… tool`, or one that holds it in plain sight. A `$VARIABLE` is none. */
export function holdsSecret(command: string): boolean {
  const set = [...command.matchAll(/(?:^|[\s;&|(])([A-Za-z_]\w*)=(?!["']?\$)\S/g)];
  return set.some(([, name = ""]) => isSecretName(name)) || looksLikeSecret(command);
}
