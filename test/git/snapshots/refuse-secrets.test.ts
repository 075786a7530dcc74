import { expect, test } from "vitest";
import { AgentxError } from "../../../src/core/error.ts";
import { refuseSecrets } from "../../../src/git/snapshots/refuse-secrets.ts";
import { secretsOf } from "../../../src/sys/secrets.ts";
import { commitFiles, git, makeRepository } from "../make-repository.ts";

const canary = "canary-4711-of-the-run";
const random = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz1A2b3C4d5E6f7G8h9".repeat(9);
const token = `ghp_${random.slice(0, 36)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${`${random.slice(0, 64)}\n`.repeat(4)}-----END PRIVATE KEY-----\n`;
const secrets = secretsOf({ MY_API_KEY: canary });

type Change = { before: Record<string, string>; after: Record<string, string>; allow?: string[] };

/** The places that are refused, or none. */
async function refused({ before, after, allow = [] }: Change): Promise<string[]> {
  const { repo, root } = await makeRepository();
  commitFiles(root, { "readme.md": "hello\n", ...before });
  const from = git(root, "rev-parse", "HEAD");
  commitFiles(root, after);
  const range = { from, to: git(root, "rev-parse", "HEAD^{tree}") };
  try {
    await refuseSecrets(repo, range, { secrets, allow });
    return [];
  } catch (error) {
    if (!(error instanceof AgentxError)) throw error;
    for (const word of [canary, token, random.slice(0, 20)])
      expect(JSON.stringify(error.problems)).not.toContain(word);
    return error.problems.map(({ where, what }) => `${where} ${what}`);
  }
}

const line = (kind: string): string => `adds a secret (${kind}), take it out`;

test("each place is named with its line, also where lines look like a patch's own", async () => {
  const found = await refused({
    before: { "a.txt": "1\n2\n3\n4\n5\n", "with space.txt": "1\n" },
    after: {
      "a.txt": `1\n++ b/other.txt\n@@ -1 +1 @@\n${token}\n3\n4\n5\nx\n-- ${canary}`,
      "with space.txt": `1\n2\nkey ${canary} and ${token}\n`,
      "deep/ü.pem": `x\n${pem}`,
      "bin.dat": `\0\0${canary}\0`,
      "long.txt": `k: ${Buffer.from(canary).toString("base64")}\n`,
    },
  });
  expect(found.toSorted()).toEqual(
    [
      `a.txt:4 ${line("GitHub token")}`,
      `a.txt:9 ${line("MY_API_KEY")}`,
      `bin.dat:1 ${line("MY_API_KEY")}`,
      `deep/ü.pem:2 ${line("private key")}`,
      `long.txt:1 ${line("MY_API_KEY")}`,
      `with space.txt:3 ${line("GitHub token")}`,
      `with space.txt:3 ${line("MY_API_KEY")}`,
    ].toSorted(),
  );
});

test("what was there, moved or changed around, is nobody's fault now", async () => {
  const before = { "old.txt": `key = ${token}\n${canary}\n`, "gone.pem": pem };
  const after = {
    "old.txt": `x\nkey: ${token} // moved\n`,
    "new.txt": `${canary} ${token}\n`,
    "gone.pem": "",
  };
  expect(await refused({ before, after })).toEqual([]);
});

test("allowed files may hold what looks like a secret, and never the run's own", async () => {
  const after = {
    "test/fixtures/a/key.txt": `${token}\n${canary}\n`,
    "src/key.txt": `${token}\n`,
  };
  expect(await refused({ before: {}, after, allow: ["test/fixtures/**"] })).toEqual([
    `src/key.txt:1 ${line("GitHub token")}`,
    `test/fixtures/a/key.txt:2 ${line("MY_API_KEY")}`,
  ]);
});

test("what a patch only names is searched as a whole, and what was in it is nobody's fault now", async () => {
  const binary = (text: string): string => `\0\n\0\n${text}\n`;
  const before = {
    ".gitattributes": "*.lock -diff\n",
    "known.dat": binary(`${token} 1`),
    "gone.dat": binary(canary),
    "a\tb.dat": "1\n",
  };
  const after = {
    "known.dat": binary(`${token} 2`),
    "gone.dat": "",
    "moved.dat": binary(canary),
    "deep/a.lock": `1\n2\n${pem}`,
    "a\tb.dat": binary(`x ${random.slice(40, 80)} AKIA${"Q7".repeat(8)}`),
  };
  expect((await refused({ before, after })).toSorted()).toEqual([
    `a\tb.dat:3 ${line("AWS access key")}`,
    `deep/a.lock:3 ${line("private key")}`,
  ]);
});

test("a change without secrets passes", async () => {
  expect(await refused({ before: {}, after: { "a.txt": "TOKEN=$TOKEN\n" } })).toEqual([]);
});
