const secretName =
  /(^|_)(API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;

/** `ANTHROPIC_API_KEY`, `GITHUB_TOKEN`: names under which secrets are kept. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}
