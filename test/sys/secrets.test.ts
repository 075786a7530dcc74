import { expect, test } from "vitest";
import { redactWith } from "../../src/core/secrets/redact.ts";
import { secretsOf } from "../../src/sys/secrets.ts";

const own = (env: Record<string, string>, learned: string[] = []): ((text: string) => string) => {
  const secrets = secretsOf(env);
  secrets.learn(learned);
  return (text) => redactWith(secrets.findOwn, text);
};

test.each([
  ["DEPLOY_TOKEN", "some-words-long-enough"],
  ["DB_PASSWORD", "hunter22"],
  ["DATABASE_URL", "p4ssw0rd-of-db"],
])("the value of %s is the run's own secret", (name, value) => {
  const redact = own({ [name]: name === "DATABASE_URL" ? `postgres://app:${value}@db/app` : value });
  expect(redact(`it is ${value}!`)).toBe(`it is [redacted ${name}]!`);
});

test.each([
  ["PATH", "/usr/local/bin:/usr/bin"],
  ["DB_PASSWORD", "postgres"],
  ["GOOGLE_APPLICATION_CREDENTIALS", "/home/ada/keys/service.json"],
  ["SSH_PUBLIC_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"],
  ["GREETING", "some-words-long-enough"],
])("the value of %s (%s) is none", (name, value) => {
  expect(own({ [name]: value })(`it is ${value}!`)).toBe(`it is ${value}!`);
});

test("a variable that a provider names holds a secret whatever it is called, from then on", () => {
  const env = { GREETING: "hello-you" };
  expect(own(env)("hello-you")).toBe("hello-you");
  expect(own(env, ["GREETING"])("hello-you")).toBe("[redacted GREETING]");
  // One environment, one memory.
  expect(own(env)("hello-you")).toBe("[redacted GREETING]");
});
