import { namedValue } from "./named-value.ts";
import { isExample, type Pattern } from "./pattern-probe.ts";

const end = "(?![A-Za-z0-9])";

/** Only what would open something elsewhere: a database on one's own machine has a password for form's sake. */
const localHost =
  /^(localhost|127\.|0\.0\.0\.0|host$|hostname$|db$|database$|postgres$|mysql$|redis$|mongo$)|example\.|\.local$|\.test$/i;
const weak = /^(password|passwd|postgres|changeit|secret\w*|letmein|admin\w*|[a-z]{1,11}|.*[{}$%*<>].*)$/i;
const passwordInUrl: Pattern = {
  kind: "password in a URL",
  anchors: ["s://", "l://", "b://", "v://", "p://", "r://", "e://", "a://"],
  isInside: true,
  source: "[a-z]://[^\\s:@/\"'<>\\\\]{0,64}:([^\\s@/\"'<>\\\\:]{8,256})@(?=([\\w.-]{1,128}))",
  flags: "i",
  isReal: (password, match) =>
    !isExample(password) && !weak.test(password) && !localHost.test(match[2] ?? ""),
};

/** The forms in which the usual services give out secrets; each has a beginning of its own, so a hit is no chance. */
export const secretPatterns: readonly Pattern[] = [
  {
    kind: "AWS access key",
    anchors: ["AKIA", "ASIA"],
    source: `A[KS]IA[A-Z0-9]{16}${end}`,
  },
  {
    kind: "GitHub token",
    anchors: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
    source: `gh[pousr]_[A-Za-z0-9]{36,255}${end}`,
  },
  {
    kind: "GitHub token",
    anchors: ["github_pat_"],
    source: `github_pat_[A-Za-z0-9]{20,24}_[A-Za-z0-9]{50,80}${end}`,
  },
  { kind: "GitLab token", anchors: ["glpat-", "glrt-", "gldt-"], source: "gl(?:pat|rt|dt)-[\\w-]{20,64}" },
  {
    kind: "Slack token",
    anchors: ["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xoxo-"],
    source: "xox[abeoprs]-(?:\\d{6,14}-){1,3}[A-Za-z0-9-]{10,80}",
  },
  {
    kind: "Slack webhook",
    anchors: ["hooks.slack.com/services/"],
    source: "hooks\\.slack\\.com/services/(T\\w{6,14}/B\\w{6,14}/\\w{16,32})",
  },
  { kind: "Stripe key", anchors: ["sk_live_", "rk_live_"], source: `[sr]k_live_[A-Za-z0-9]{16,128}${end}` },
  { kind: "Anthropic key", anchors: ["sk-ant-"], source: "sk-ant-[a-z0-9]{2,12}-[\\w-]{32,128}" },
  {
    kind: "OpenAI key",
    anchors: ["sk-proj-", "sk-svcacct-", "sk-admin-"],
    source: "sk-(?:proj|svcacct|admin)-[\\w-]{32,256}",
  },
  {
    kind: "OpenAI key",
    anchors: ["T3BlbkFJ"],
    back: 23,
    source: `sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}${end}`,
  },
  { kind: "OpenRouter key", anchors: ["sk-or-v1-"], source: `sk-or-v1-[0-9a-f]{64}${end}` },
  { kind: "Google key", anchors: ["AIza"], source: "AIza[\\w-]{35}(?![\\w-])" },
  { kind: "Google token", anchors: ["ya29."], source: "ya29\\.[\\w-]{40,512}" },
  { kind: "Google secret", anchors: ["GOCSPX-"], source: "GOCSPX-[\\w-]{28}(?![\\w-])" },
  { kind: "npm token", anchors: ["npm_"], source: `npm_[A-Za-z0-9]{36}${end}` },
  { kind: "PyPI token", anchors: ["pypi-AgEIcHlwaS5vcmc"], source: "pypi-AgEIcHlwaS5vcmc[\\w-]{50,512}" },
  { kind: "Docker token", anchors: ["dckr_pat_"], source: `dckr_pat_[\\w-]{27}(?![\\w-])` },
  {
    kind: "JWT",
    // `{"alg`, `{"typ`, `{"kid`, `{"cty`, `{"enc`, `{"x5t` and `{ "` in base64.
    anchors: ["eyJh", "eyJ0", "eyJr", "eyJj", "eyJl", "eyJ4", "eyAi"],
    source: `ey[A-Za-z0-9_-]{10,1024}\\.ey[A-Za-z0-9_-]{10,4096}\\.[A-Za-z0-9_-]{16,1024}`,
    // The one of jwt.io stands in half of all tests and documents: its subject is 1234567890.
    isReal: (token) => !token.includes(".eyJzdWIiOiIxMjM0NTY3ODkwI"),
  },
  {
    kind: "private key",
    anchors: ["BEGIN "],
    back: 5,
    isInside: true,
    source:
      "-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\s|\\\\{1,3}[nr]){1,4}" +
      "(?:[A-Za-z-]{3,24}: [^\\n\\\\]{0,100}(?:\\s|\\\\{1,3}[nr]){1,4}){0,4}" +
      "(?:[A-Za-z0-9+/=]|[ \\t\\r\\n]|\\\\{1,3}[nr]){64,8192}(?:-----END [A-Z0-9 ]{8,40}-----)?",
    isReal: (block) => !/\.\.\.|<|example/i.test(block),
  },
  passwordInUrl,
  namedValue,
];
