import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const find = (pattern: string): string[] => globSync(pattern, { cwd: root }).toSorted();

const pages = [...find("*.md"), ...find("docs/**/*.md")];
const { scripts, dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
  "scripts" | "dependencies" | "devDependencies",
  Record<string, string>
>;

describe.each(pages)("%s", (page) => {
  const text = read(page);
  const prose = withoutCode(text);

  test("links only to what is there", () => {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !/^(https?:|mailto:)/.test(link) && !leadsSomewhere(page, link))).toEqual(
      [],
    );
  });

  test("names only files that are there", () => {
    const paths = [...prose.matchAll(/(?<![\w./-])(?:src|test|skills|schema|docs|\.ci)\/[\w./*-]*\w/g)].map(
      ([path]) => path,
    );
    // In the pages for users, src/ and test/ are folders of the user's own project.
    const ours = isAboutOurselves(page) ? paths : paths.filter((path) => path.startsWith("docs/"));
    expect(ours.filter((path) => !path.includes("*") && !existsSync(join(root, path)))).toEqual([]);
  });

  test("names only npm scripts that there are", () => {
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
    const unknown = isAboutOurselves(page) ? named.filter((name) => !(name in scripts)) : [];
    expect(unknown).toEqual([]);
  });
});

test("AGENTS.md stays a table of contents of at most 100 lines", () => {
  expect(read("AGENTS.md").trimEnd().split("\n").length).toBeLessThanOrEqual(100);
});

test("AGENTS.md names every room of src", () => {
  const rooms = new Set(find("src/*/**/*.ts").map((file) => file.split("/")[1]));
  expect([...rooms].filter((room) => !read("AGENTS.md").includes(`src/${room}/`))).toEqual([]);
});

test("every dependency has its reason in decision 0007, and none is explained that is not there", () => {
  const page = read(find("docs/decisions/0007-*.md")[0] ?? "");
  const explained = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name);
  expect(explained.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
});

test("every decision is numbered once, and says context, what was rejected, and consequences", () => {
  const decisions = find("docs/decisions/*.md");
  expect(decisions.map((file) => /\/(\d{4})-/.exec(file)?.[1])).toEqual(
    decisions.map((_, index) => String(index + 1).padStart(4, "0")),
  );
  for (const file of decisions) {
    for (const part of ["## Context", "## Decision", "## Rejected", "## Consequences"]) {
      expect(read(file), file).toContain(`\n${part}\n`);
    }
  }
});

test("every state and event of the core is on the page about the architecture", () => {
  const page = read("docs/architecture.md");
  const states = [...section(read("src/core/run-state.ts"), "TaskState").matchAll(/type: "(\w+)"/g)];
  const events = [...section(read("src/core/event.ts"), "EventBody").matchAll(/type: "(\w+\.\w+)"/g)];
  expect(states.length).toBeGreaterThan(5);
  expect(events.length).toBeGreaterThan(20);
  const named = [...states, ...events].map(([, name = ""]) => name);
  expect(named.filter((name) => !page.includes(name))).toEqual([]);
});

test("no file of src is so long that it needs a scroll bar to be understood", () => {
  const long = find("src/**/*.ts").filter((file) => read(file).trimEnd().split("\n").length > 300);
  expect(long).toEqual([]);
});

/** Pages whose paths and scripts are this project's own. */
function isAboutOurselves(page: string): boolean {
  return (
    !["docs/formats.md", "docs/config.md", "docs/cli.md"].includes(page) && !page.startsWith("docs/demo/")
  );
}

/** From `export type <name>` to the semicolon that ends it. */
function section(code: string, name: string): string {
  const [, after = ""] = code.split(`export type ${name} =`);
  return after.split(/;\n\n/)[0] ?? "";
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

/** The anchors that a heading gets where Markdown is shown. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

/** Fenced and indented blocks hold examples, comments what is yet to come. */
function withoutCode(text: string): string {
  return text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/<!--[\s\S]*?-->/g, "");
}
