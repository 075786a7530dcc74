import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git } from "./project.ts";
import { serveTwisted, smallProject, subScript } from "./small-run.ts";

const text = "# Subtraction\n\nWe need it.\n";

test.each([
  { name: "is empty", bytes: " \n\t\n", words: ["the file is empty", "Write down what is to be built."] },
  {
    name: "is binary",
    bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]),
    words: ["byte 4 is NUL", "Hand in Markdown"],
  },
  { name: "has 5 MB", bytes: "x".repeat(5_000_000), words: ["the file is 4.8 MiB large", "at most 1 MiB"] },
  {
    name: "is UTF-16",
    bytes: Buffer.from(`\uFEFF${text}`, "utf16le"),
    words: ["the file is UTF-16", "Save it as UTF-8."],
  },
  {
    name: "is Latin-1",
    bytes: Buffer.from("Größe\n", "latin1"),
    words: ["byte 2 is not UTF-8", "Save the file as UTF-8."],
  },
])("a PRD that $name is refused before anything is made", async ({ bytes, words }) => {
  const project = smallProject();
  writeFileSync(join(project.root, "prd.md"), bytes);
  await expectRefusal(project, { input: "prd.md", words: ["prd.md:", ...words] });
});

test("a file name with a typing error is answered with the name that was meant", async () => {
  const project = smallProject();
  writeFileSync(join(project.root, "prd.md"), text);
  await expectRefusal(project, {
    input: "pdr.md",
    words: ["pdr.md: there is no such file", 'Did you mean "prd.md"?'],
  });
});

test("a missing file that resembles none is answered with where it was looked for", async () => {
  const project = smallProject();
  await expectRefusal(project, {
    input: "docs/some-prd.md",
    words: ["docs/some-prd.md: there is no such file", "looked for /", "as a text in quotes"],
  });
});

test("a folder is refused by name", async () => {
  const project = smallProject();
  mkdirSync(join(project.root, "docs"));
  await expectRefusal(project, { input: "docs", words: ["docs: it is no file", "name the file"] });
});

type Refused = { input: string; words: string[] };

async function expectRefusal(
  project: ReturnType<typeof smallProject>,
  { input, words }: Refused,
): Promise<void> {
  const { server, env } = await serveTwisted(subScript);
  const refs = git(project.root, "for-each-ref");
  const ran = await project.agentx(["dispatch", input, "--yes"], { env });
  for (const word of words) expect(ran.stderr).toContain(word);
  expect(ran.exitCode).toBe(2);
  expect(ran.stdout).toBe("");
  expect(server.requests.length).toBe(0);
  expect(git(project.root, "for-each-ref")).toBe(refs);
  expect(["repo/.agentx", "state"].filter((path) => existsSync(join(project.folder, path)))).toEqual([]);
}
