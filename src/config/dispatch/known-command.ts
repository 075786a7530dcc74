import type { ProgramName } from "../../core/agent-spec.ts";

/** Words that agentx says by itself when it starts the program, so that nothing is lost without them. */
type Usual = { first: readonly string[]; flags: readonly string[]; withValue: readonly string[] };

const usual: Partial<Record<ProgramName, Usual>> = {
  claude: {
    first: [],
    flags: ["-p", "--print", "--dangerously-skip-permissions", "--verbose"],
    withValue: ["--permission-mode", "--output-format"],
  },
  codex: {
    first: ["exec"],
    flags: [
      "--full-auto",
      "--json",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "--yolo",
    ],
    withValue: ["-C", "--cd", "-s", "--sandbox", "-a", "--ask-for-approval", "--color"],
  },
  gemini: {
    first: [],
    flags: ["-p", "--prompt", "-y", "--yolo", "--skip-trust"],
    withValue: ["--approval-mode", "-o", "--output-format"],
  },
};

const modelFlags = ["--model", "-m"];
const here = ["$(pwd)", "$PWD", "."];

export type KnownCommand = {
  program: ProgramName;
  /** What `--model` says, or null. */
  model: string | null;
};

/** The program that a shell command starts in the way that agentx would; null for every other command. */
export function readKnownCommand(command: string): KnownCommand | null {
  const words = wordsOf(command);
  if (words === null) return null;
  const [file = "", ...rest] = withoutEnv(words);
  const known = (["claude", "codex", "gemini"] as const).find((name) => name === file);
  const want = known && usual[known];
  if (known === undefined || want === undefined) return null;
  if (want.first.some((word, at) => rest[at] !== word)) return null;
  let model: string | null = null;
  const args = rest.slice(want.first.length);
  for (let at = 0; at < args.length; at++) {
    const [flag, glued] = splitFlag(args[at] ?? "");
    if (want.flags.includes(flag) && glued === undefined) continue;
    const isModel = modelFlags.includes(flag);
    if (!isModel && !want.withValue.includes(flag)) return null;
    const value = glued ?? args[++at];
    if (value === undefined || ((flag === "-C" || flag === "--cd") && !here.includes(value))) return null;
    if (isModel) model = value;
  }
  return { program: known, model };
}

/** The words without their quotes; null where a shell would do more than start one program. */
function wordsOf(command: string): string[] | null {
  const words = command.trim().match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const isPlain = words.every(
    (word) => !/[;&|<>`\n(){}\\*?~#]/.test(word.replaceAll(/"[^"]*"|'[^']*'/g, "")),
  );
  return isPlain ? words.map((word) => word.replaceAll(/["']/g, "")) : null;
}

/** `env -u NAME` takes away what a program that is started by another one should not see; agentx never hands it on. */
function withoutEnv(words: readonly string[]): readonly string[] {
  if (words[0] !== "env") return words;
  let at = 1;
  while (words[at] === "-u") at += 2;
  return words.slice(at);
}

function splitFlag(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return word.startsWith("--") && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}
