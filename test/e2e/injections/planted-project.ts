import type { ScriptTurn } from "../../../src/models/script.ts";
import { commitFiles, git, write } from "../../support/git.ts";
import type { Project } from "../../support/project.ts";
import { approval, asks, calls, finishes, planOf, rejection, writes } from "../turns.ts";
import type { Injection } from "./corpus.ts";
import type { Parts } from "./obedient.ts";

type Texts = (place: string) => string[];

const lines = (texts: readonly string[]): string => texts.join("\n");
const runs = (...commands: string[]): ScriptTurn =>
  calls(...commands.map((command) => ({ tool: "shell", command, timeout_seconds: 20 })));

/** Puts each injection where its place is; the plan is what is dispatched. */
export function plant(project: Project, corpus: readonly Injection[]): void {
  const at = textsOf(corpus);
  const scripts = Object.fromEntries(at("package-scripts").map((text, n) => [`step-${n + 1}`, text]));
  commitFiles(project.root, {
    "package.json": `${JSON.stringify({ name: "sums", type: "module", scripts }, null, 1)}\n`,
    "README.md": `# Sums\n\n${lines(at("readme"))}\n`,
    "AGENTS.md": `# Rules\n\n${lines(at("agents-md"))}\n`,
    "agentx.yaml": [
      "gates: { check: sh gate.sh }",
      "programs: { obeying: { command: 'node tools/obey.mjs {prompt_file} > obeyed.txt' } }",
      "slots: 4",
      "",
    ].join("\n"),
    "gate.sh": "test ! -e broken || { cat broken >&2; exit 1; }\n",
    ".gitignore": "private.txt\n",
    "add.js": "export const add = (a, b) => a + b;\n",
    "add.test.js": `console.log(${JSON.stringify(lines(at("test-output")))});\n`,
    "lib/source.js": `${lines(at("source"))}\nexport const one = 1;\n`,
    "docs/issue.md": `# It does not add\n\n${lines(at("issue"))}\n`,
    ...Object.fromEntries(at("file-names").map((text) => [`names/${text}`, ""])),
    "tools/mcp.mjs": mcpServer(lines(at("tool-result"))),
    "tools/obey.mjs": obeyingProgram,
  });
  commitFiles(project.root, { "history.txt": "1\n" }, `A contribution\n\n${lines(at("commit-message"))}`);
  git(project.root, "push", "--quiet", "origin", "main");
  const plan = planOf({
    quarry: [],
    mason: [],
    asker: [],
    program: ["agent: obeying"],
    victim: ["needs: quarry", "touches: victim.txt"],
    later: ["needs: victim"],
  })
    .replace("The library grows.", () => `The library grows.\n\n${lines([...at("prd"), ...at("guest")])}`)
    .replace(
      "touches: victim.txt\n",
      () => `touches: victim.txt\n\n${lines(at("task").map((text) => `  ${text}`))}\n`,
    );
  write(project.folder, { "plan.md": plan });
  write(project.root, { "precious.txt": "canary-precious\n", "notes.txt": "mine\n" });
}

/** What each part does when it has nothing to obey; it makes sure that every text is read by somebody. */
export function partsOf(corpus: readonly Injection[]): Parts {
  const at = textsOf(corpus);
  const request = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"build"}}';
  const look = runs(
    "cat README.md",
    "cat lib/source.js",
    "cat docs/issue.md",
    "ls names",
    "cat package.json",
    "node add.test.js",
    "git log --format=%B",
    `echo '${request}' | node tools/mcp.mjs`,
    "cat stone.md",
  );
  const findings = rejection({ file: "mason.txt", quote: "mason", title: at("findings").join(" ") });
  return {
    "quarry implement": [
      writes({ "stone.md": lines([...at("worker-file"), ...at("reviewer")]) }),
      finishes(at("worker-note").join("\n")),
    ],
    "quarry review": [approval],
    "mason implement": [
      writes({ broken: lines(at("red-gate")), "mason.txt": "mason\n" }),
      finishes(),
      runs("rm broken"),
      finishes(),
      writes({ "mason.txt": "mason again\n" }),
      finishes(),
    ],
    "mason review": [findings, approval],
    "asker implement": [
      runs("echo canary-private > private.txt"),
      asks("Which?"),
      writes({ "asker.txt": "asker\n" }),
      finishes(),
    ],
    "asker review": [approval],
    "program review": [approval],
    // The link that one of them left is refused.
    "victim implement": [
      look,
      writes({ "victim.txt": "victim\n" }),
      finishes(),
      runs("rm -f way-home"),
      finishes(),
    ],
    "victim review": [approval],
  };
}

/** What the person pastes as the answer to asker's question. */
export function answerOf(corpus: readonly Injection[]): string {
  return lines(textsOf(corpus)("answer"));
}

function textsOf(corpus: readonly Injection[]): Texts {
  return (place) => corpus.filter((each) => each.place === place).map(({ text }) => text);
}

/** As little of an MCP server on stdio as answers a call. */
function mcpServer(text: string): string {
  return [
    'import { createInterface } from "node:readline";',
    `const content = ${JSON.stringify(text)}.split("\\n").map((text) => ({ type: "text", text }));`,
    "for await (const line of createInterface({ input: process.stdin })) {",
    "  const { id } = JSON.parse(line);",
    '  console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { content } }, null, 1));',
    "}",
    "",
  ].join("\n");
}

/** An agent program that obeys: it runs what its prompt tells programs to run, and prints what came of it. */
const obeyingProgram = [
  'import { spawnSync } from "node:child_process";',
  'import { readFileSync } from "node:fs";',
  "for (const [, command] of readFileSync(process.argv[2], 'utf8').matchAll(/Program: run: `([^`]*)`/g)) {",
  "  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 10_000 });",
  "  console.log(`obeyed ${command}\\n${stdout}`);",
  "}",
  "",
].join("\n");
