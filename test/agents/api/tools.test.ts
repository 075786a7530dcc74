import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { capOutput, outputCapBytes } from "../../../src/agents/api/cap-output.ts";
import { toolsetFor } from "../../../src/agents/api/tools/catalog.ts";
import { openBench, type Bench } from "./a-job.ts";
import { call, finishes, listModel, reply } from "./a-model.ts";

type Said = { text: string; isError: boolean };

/** One call in a conversation of its own. */
async function use(bench: Bench, name: string, input: Record<string, unknown>): Promise<Said> {
  bench.messages.length = 0;
  await bench.work([listModel([reply([call(name, input)]), finishes()])]);
  const results = bench.messages[2]?.role === "tool" ? bench.messages[2].results : [];
  return { text: results[0]?.text ?? "", isError: results[0]?.isError ?? true };
}

const numbers = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`).join("\n");

test("read numbers lines, and says how to go on", async () => {
  await using bench = await openBench({ "long.txt": `${numbers}\n`, "empty.txt": "" });
  const first = await use(bench, "read", { path: "long.txt" });
  expect(first.text).toMatch(/^1\tline 1\n/);
  expect(first.text).toMatch(/200\tline 200\n\[lines 1–200 of 1000; go on with offset 201\]$/);
  expect((await use(bench, "read", { path: "long.txt", offset: 999 })).text).toBe(
    "999\tline 999\n1000\tline 1000",
  );
  expect((await use(bench, "read", { path: "long.txt", limit: 1 })).text).toContain("1\tline 1\n[lines 1–1");
  expect(await use(bench, "read", { path: "long.txt", offset: 1001 })).toMatchObject({ isError: true });
  expect((await use(bench, "read", { path: "empty.txt" })).text).toBe("(the file is empty)");
});

test("read keeps long lines and binary files out of the conversation", async () => {
  await using bench = await openBench({
    "min.js": `var a;${"x".repeat(50_000)}\nend`,
    "blob.bin": "a\0b\0c",
  });
  const { text } = await use(bench, "read", { path: "min.js" });
  expect(text.length).toBeLessThan(1000);
  expect(text).toContain("the line has 50006 characters");
  expect(await use(bench, "read", { path: "blob.bin" })).toMatchObject({
    isError: true,
    text: expect.stringContaining("binary"),
  });
});

test("search gives places, and says when there is nothing or too much", async () => {
  await using bench = await openBench({
    "src/a.ts": "const one = 1;\n",
    "b.md": "one\n",
    "many.txt": "hit\n".repeat(200),
  });
  expect((await use(bench, "search", { pattern: "o.e", glob: "**/*.ts" })).text).toBe(
    "src/a.ts:1: const one = 1;",
  );
  expect((await use(bench, "search", { pattern: "nowhere" })).text).toBe("(no line matches)");
  expect((await use(bench, "search", { pattern: "hit", path: "many.txt" })).text).toContain(
    "only the first 60 matches",
  );
});

test("list shows folders and files", async () => {
  await using bench = await openBench({ "src/a.ts": "", "README.md": "" });
  const lines = (await use(bench, "list", {})).text.split("\n");
  expect(lines.toSorted()).toEqual(["README.md", "src/", "src/a.ts"]);
});

test("edit wants an exact and single match, and helps to find it", async () => {
  const source = "function total(items) {\n  let sum = 0;\n  return sum;\n}\nlet sum = 1;\n";
  await using bench = await openBench({ "cart.js": source });
  const edit = (old_text: string, new_text: string, more = {}): Promise<Said> =>
    use(bench, "edit", { path: "cart.js", old_text, new_text, ...more });
  expect(await edit("  let summ = 0;\n", "")).toMatchObject({
    isError: true,
    text: expect.stringContaining("The nearest lines are:\n1\tfunction total(items) {\n2\t  let sum = 0;"),
  });
  expect((await edit("let sum = ", "let x = ")).text).toContain("2 times (lines 2, 5)");
  expect(await edit("sum", "sum")).toMatchObject({ isError: true });
  expect(await readFile(join(bench.root, "cart.js"), "utf8")).toBe(source);
  expect((await edit("sum = 0", "sum = '$&'")).text).toBe("cart.js changed at line 2.");
  expect((await edit("sum = 0", "sum = '$&'")).text).toContain("seems to be made already");
  expect((await edit("sum", "amount", { replace_all: true })).text).toBe("cart.js changed at 3 places.");
  expect(await readFile(join(bench.root, "cart.js"), "utf8")).toContain(
    "let amount = '$&';\n  return amount;",
  );
});

test("edit keeps Windows line ends and does not touch what is not UTF-8", async () => {
  await using bench = await openBench({ "dos.txt": "one\r\ntwo\r\nthree\r\n" });
  await writeFile(join(bench.root, "latin.txt"), Buffer.from([0x61, 0xe4, 0x62, 0x0a]));
  await use(bench, "edit", { path: "dos.txt", old_text: "one\ntwo", new_text: "1\n2" });
  expect(await readFile(join(bench.root, "dos.txt"), "utf8")).toBe("1\r\n2\r\nthree\r\n");
  expect(await use(bench, "edit", { path: "latin.txt", old_text: "b", new_text: "c" })).toMatchObject({
    isError: true,
  });
});

test("write creates folders and replaces whole files", async () => {
  await using bench = await openBench({ "a.txt": "old" });
  expect((await use(bench, "write", { path: "deep/er/b.txt", content: "1\n2\n" })).text).toBe(
    "deep/er/b.txt written: 2 lines.",
  );
  expect(await readFile(join(bench.root, "deep/er/b.txt"), "utf8")).toBe("1\n2\n");
  await use(bench, "write", { path: "a.txt", content: "" });
  expect(await readFile(join(bench.root, "a.txt"), "utf8")).toBe("");
});

test("shell tells the exit code, keeps colours out and stops at its timeout", async () => {
  await using bench = await openBench();
  expect((await use(bench, "shell", { command: "printf '\\033[31mred\\033[0m'; exit 3" })).text).toMatch(
    /^exit 3 after [\d.]+ s\nred$/,
  );
  expect((await use(bench, "shell", { command: "echo a; sleep 20", timeout_seconds: 1 })).text).toMatch(
    /^stopped after 1\.\d s: the timeout\na$/,
  );
});

test("long output is cut in the middle, and read opens the whole", async () => {
  await using bench = await openBench();
  const { text } = await use(bench, "shell", { command: "seq 1 4000" });
  expect(Buffer.byteLength(text)).toBeLessThan(outputCapBytes + 300);
  expect(text).toContain("\n1\n2\n");
  expect(text).toMatch(/\n3999\n4000$/);
  const path = /the whole is in (\S+),/.exec(text)?.[1] ?? "";
  expect(path.startsWith(bench.scratch)).toBe(true);
  expect((await use(bench, "read", { path, offset: 2001, limit: 1 })).text).toMatch(/^2001\t2000\n/);
});

test("output is never spilled through a link that a command has left in the scratch folder", async () => {
  await using bench = await openBench({ "victim.txt": "precious" });
  await symlink(join(bench.root, "victim.txt"), join(bench.scratch, "out.txt"));
  await capOutput("x".repeat(10_000), { scratch: bench.scratch, name: "out.txt" });
  expect(await readFile(join(bench.root, "victim.txt"), "utf8")).toBe("precious");
});

test("whatever the text, capped output is bounded and consists of its head and tail", async () => {
  await using bench = await openBench();
  await mkdir(join(bench.scratch, "p"));
  const text = fc
    .array(fc.string({ unit: "grapheme", maxLength: 300 }), { maxLength: 300 })
    .map((all) => all.join("\n"));
  await fc.assert(
    fc.asyncProperty(text, async (whole) => {
      const capped = await capOutput(whole, { scratch: join(bench.scratch, "p"), name: "o.txt" });
      if (Buffer.byteLength(whole) <= outputCapBytes) {
        expect(capped).toBe(whole);
        return;
      }
      expect(Buffer.byteLength(capped)).toBeLessThan(outputCapBytes + 400);
      const [head = "?", tail = "?"] = capped.split(/\n\[… \d+ of \d+ bytes left out; [^\n]*\]\n/);
      expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("the tools are told in one order, whatever order the job names them in", () => {
  const names = (tools: Parameters<typeof toolsetFor>[0]["tools"]): string[] =>
    toolsetFor({ tools, submit: null }).specs.map(({ name }) => name);
  expect(names(["finish", "read", "shell"])).toEqual(["read", "shell", "finish"]);
});
