import fc from "fast-check";
import { expect, test } from "vitest";
import { createOwnFinder, createSecretFinder } from "../../../src/core/secrets/find-secrets.ts";
import { redactedJson, redactStream, redactWith } from "../../../src/core/secrets/redact.ts";

// Put together here, so that no scanner of a repository takes this file for a leak.
const random = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz1A2b3C4d5E6f7G8h9";
const of = (length: number): string => random.repeat(9).slice(0, length);
const canary = 'canary-4711/Zq+"7 x\\y~9';
const own = [{ kind: "MY_KEY", value: canary }];
const find = createSecretFinder({ own });
const findOwn = createOwnFinder({ own });
const clean = (text: string): string => redactWith(find, text);

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const forms: [name: string, text: string][] = [
  ["plain", canary],
  ["in JSON", JSON.stringify({ a: canary })],
  ["in JSON in JSON", JSON.stringify(JSON.stringify({ a: canary }))],
  ["in JSON with escaped slashes", JSON.stringify({ a: canary }).replaceAll("/", "\\/")],
  ["in a URL", `https://a.b/?k=${encodeURIComponent(canary)}`],
  [
    "in a URL with small hex",
    `?k=${encodeURIComponent(canary).replace(/%../g, (code) => code.toLowerCase())}`,
  ],
  ["in a form", `k=${encodeURIComponent(canary).replaceAll("%20", "+")}`],
  ["in hex", Buffer.from(canary).toString("hex")],
  ["in capital hex", Buffer.from(canary).toString("hex").toUpperCase()],
  ["in hex over lines", Buffer.from(canary).toString("hex").replace(/.{9}/g, "$&\n")],
  ["in base64", base64(canary)],
  ["in base64 behind one byte", base64(`x${canary} and more`)],
  ["in base64 behind two bytes", base64(`xy${canary}`)],
  ["in base64 for URLs", Buffer.from(`KEY=${canary}`).toString("base64url")],
  ["in base64 over lines", base64(`some ${canary}`).replace(/.{11}/g, "$&\n")],
  ["in base64 over lines in JSON", JSON.stringify(base64(`some ${canary}`).replace(/.{11}/g, "$&\n"))],
];

test.each(forms)("the run's own secret is found %s", (_, text) => {
  for (const finder of [find, findOwn]) {
    const [place] = finder(`before ${text} after`);
    expect(place?.kind).toBe("MY_KEY");
    const left = redactWith(finder, `before ${text} after`);
    expect(left).toContain("[redacted MY_KEY]");
    // No six bytes of it are left to be read.
    expect(left.length).toBeLessThan(text.length + 40);
    expect(left).not.toContain("4711");
  }
});

const pem = (lines: number): string =>
  `-----BEGIN RSA PRIVATE KEY-----\n${`${of(64)}\n`.repeat(lines)}-----END RSA PRIVATE KEY-----`;
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJ${of(40)}.${of(43)}`;
const common: [kind: string, secret: string][] = [
  ["AWS access key", `AK${"IA"}Q7ZT5NBXW2KDLM4H`],
  ["GitHub token", `ghp_${of(36)}`],
  ["GitHub token", `github_pat_${of(22)}_${of(59)}`],
  ["GitLab token", `glpat-${of(20)}`],
  ["Slack token", `xoxb-${"7".repeat(3)}82736455-9827364551-${of(24)}`],
  ["Stripe key", `sk_live_${of(24)}`],
  ["Anthropic key", `sk-ant-api03-${of(93)}`],
  ["OpenAI key", `sk-proj-${of(48)}`],
  ["OpenAI key", `sk-${of(20)}T3BlbkFJ${of(20)}`],
  ["Google key", `AIza${of(35)}`],
  ["npm token", `npm_${of(36)}`],
  ["JWT", jwt],
  ["private key", pem(4)],
  ["private key", JSON.stringify(pem(4)).slice(1, -1)],
];

test.each(common)("%s is found by its form, also at the beginning of a line in JSON", (kind, secret) => {
  expect(find(`x = "${secret}";`)).toMatchObject([{ kind }]);
  expect(clean(`a\\n${secret} b`)).toBe(`a\\n[redacted ${kind}] b`);
  expect(findOwn(secret)).toEqual([]);
});

test.each([
  `DEPLOY_TOKEN=${of(32)}`,
  `"apiKey": "${of(24)}"`,
  `aws_secret_access_key = ${of(40)}`,
  JSON.stringify(`{"client_secret":"${of(30)}"}`),
  `postgres://app:${of(12)}@db.internal.corp:5432/app`,
])("a value that its name or its place gives away is found: %s", (text) => {
  expect(find(text)).toHaveLength(1);
  expect(clean(text)).not.toContain(of(12));
});

test.each([
  `AK${"IA"}IOSFODNN7EXAMPLE`,
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "const token = await getTokenFromTheEnvironment2(process.env.TOKEN1);",
  'password: "correct horse battery staple"',
  "apiKey: process.env.OPENAI_API_KEY2_FOR_TESTS,",
  "ANTHROPIC_API_KEY=sk-ant-...",
  "API_KEY=your-api-key-goes-here-12345",
  "GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN_2_FOR_CI }}",
  "postgres://postgres:postgres@localhost:5432/app",
  "postgres://user:password@db.internal.corp/app",
  "https://example.com:8080/path@2",
  "token: 123e4567-e89b-42d3-a456-426614174000",
  '"integrity": "sha512-AbCdEf0123456789ABCDEFghijklmnopqrstuvwxyz+/AbCdEf0123456789ABCDEFghijklmn=="',
  "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
  "-----BEGIN CERTIFICATE-----",
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
  "tokens: 128000, tokensPerMinute=40000000000000000000000",
  "import { secretPatterns } from '../../core/secrets/secret-patterns2.ts'",
])("what is no secret stays: %s", (text) => {
  expect(find(text)).toEqual([]);
  expect(clean(text)).toBe(text);
});

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...common.map(([, secret]) => secret),
      ...forms.map(([, text]) => text),
      "token=",
      "eyJ",
      "sk-",
    ),
    fc.string({ unit: "binary" }),
  ),
  { maxLength: 12 },
);

test("places are in order and apart, and a clean text stays as it is", () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join("");
      let free = 0;
      for (const { start, end } of find(text)) {
        expect(start).toBeGreaterThanOrEqual(free);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        free = end;
      }
      expect(text.includes(canary) && clean(text).includes(canary)).toBe(false);
      expect(redactWith(findOwn, redactWith(findOwn, text))).toBe(redactWith(findOwn, text));
    }),
  );
});

test("chunks cut anywhere give the same as the whole, and little is held", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constantFrom(...forms.map(([, text]) => `${text}\n`), `${pem(20)}\n`), fc.nat(30_000)),
        {
          maxLength: 8,
        },
      ),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }),
      (parts, sizes) => {
        const text = parts
          .map((part) => (typeof part === "string" ? part : "some words. ".repeat(part / 12)))
          .join("");
        const stream = redactStream(find);
        let out = "";
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          out += stream.push(text.slice(at, at + size));
          at += size;
          expect(Math.min(at, text.length) - out.length).toBeLessThan(90_000);
        }
        out += stream.end();
        expect(out).toBe(clean(text));
      },
    ),
    { numRuns: 40 },
  );
});

test("a value keeps its shape, and is the very same where it holds no secret", () => {
  const value = { a: ["b", { c: canary }], d: 1, e: null, [canary]: true };
  const { value: redacted, text } = redactedJson(findOwn, value);
  expect(redacted).toEqual({
    a: ["b", { c: "[redacted MY_KEY]" }],
    d: 1,
    e: null,
    "[redacted MY_KEY]": true,
  });
  expect(JSON.parse(text)).toEqual(redacted);
  const plain = { a: 1 };
  expect(redactedJson(findOwn, plain).value).toBe(plain);
});

test("what was built to be slow takes time by its length alone", () => {
  const nasty = [
    "-",
    "token",
    "token=",
    "token=a1",
    "eyJhbG.",
    "eyJhbGciOiJI",
    "s://a:",
    "-----BEGIN PRIVATE KEY-----\n",
    "sk-ant-api03-",
    base64(canary).slice(0, -2),
    "\\n",
    "secret_a_a_a_a := ",
  ];
  for (const part of nasty) {
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    const began = performance.now();
    find(text);
    // Two thousand times slower than ordinary text would still be quick; quadratic would take hours.
    expect(performance.now() - began, part).toBeLessThan(5000);
  }
});
