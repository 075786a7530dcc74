import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, beforeEach, afterAll, expect, test } from "vitest";
import { root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
const parts = join(folder.path, "parts");
const temporary = join(folder.path, "tmp");
const parent = join(temporary, `agentx-code-${process.getuid?.()}`);
const body = "let sum = 0; for (let i = 0; i < 3; i += 1) sum += [i, { i }, String(i)].length; return sum;";

beforeAll(() => {
  mkdirSync(parts);
  writeFileSync(
    join(parts, "main.cjs"),
    asFunction(`
const [asked] = process.argv.slice(1);
function called() { ${body} }
if (asked === "call") called();
if (asked === "more") console.log(require("./more.cjs").more(), typeof require("node:fs").readFileSync);
if (asked === "fail") throw new Error("as asked");
if (asked.startsWith("stay")) {
  const v8 = require("node:v8");
  const { setFlagsFromString } = v8;
  const kept = () => require("node:fs").readdirSync(process.env.TMPDIR).length;
  v8.setFlagsFromString = (flag) => {
    console.log(flag, kept());
    setFlagsFromString(flag);
  };
  const { constants, PerformanceObserver } = require("node:perf_hooks");
  const tell = (list) => {
    for (const { detail } of list.getEntries())
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) console.log("looked");
  };
  new PerformanceObserver(tell).observe({ type: "gc" });
  if (asked === "stay on a new Node") Object.defineProperty(process, "versions", { value: { node: "99.0.0" } });
  setTimeout(called, 4000);
}
`),
  );
  writeFileSync(
    join(parts, "more.cjs"),
    asFunction(`exports.more = () => __filename.slice(-8) + require("./main.cjs").own;`),
  );
});
beforeEach(() => {
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
});
afterAll(() => folder[Symbol.dispose]());

function asFunction(code: string): string {
  return `(function (exports, require, module, __filename, __dirname) { ${code}\n})`;
}

function start(asked: string, env: Record<string, string> = {}): { stdout: string; stderr: string } {
  const program = `require(${JSON.stringify(join(root, "src/load-program.cts"))}).loadProgram(${JSON.stringify(parts)})`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program, asked], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], TMPDIR: temporary, ...env },
  });
  return { stdout, stderr };
}

/** The one folder of what was compiled. */
function kept(): string {
  const [name = "none"] = readdirSync(parent);
  return join(parent, name);
}

test("what was called is kept compiled, and is not compiled again", () => {
  start("nothing");
  const uncalled = statSync(join(kept(), "main.cjs")).size;
  rmSync(parent, { recursive: true });
  start("call");
  const file = join(kept(), "main.cjs");
  expect(statSync(file).size).toBeGreaterThan(uncalled + 200);
  const { ino } = statSync(file);
  start("call");
  expect(statSync(file).ino).toBe(ino);
});

test("a start that loads a part more keeps all of them anew", () => {
  start("nothing");
  const { ino } = statSync(join(kept(), "main.cjs"));
  expect(start("more").stdout).toBe("more.cjsundefined function\n");
  expect(readdirSync(kept())).toEqual(["main.cjs", "more.cjs"]);
  expect(statSync(join(kept(), "main.cjs")).ino).not.toBe(ino);
  expect(start("more").stdout).toBe("more.cjsundefined function\n");
});

test("what was damaged is neither used nor left", () => {
  start("more");
  const file = join(kept(), "more.cjs");
  const whole = readFileSync(file);
  for (const damage of [
    () => writeFileSync(file, Buffer.from(whole).fill(0, 64, 96)),
    () => truncateSync(file, 0),
  ]) {
    damage();
    expect(start("more").stdout).toBe("more.cjsundefined function\n");
    expect(readFileSync(file)).toHaveLength(whole.length);
  }
});

test("another program's is another folder", () => {
  start("nothing");
  const moved = join(folder.path, "moved");
  cpSync(parts, moved, { recursive: true });
  const text = readFileSync(join(parts, "main.cjs"), "utf8");
  writeFileSync(join(parts, "main.cjs"), text.replace("as asked", "as anew!"));
  expect(start("fail").stderr).toContain("as anew!");
  rmSync(parts, { recursive: true });
  renameSync(moved, parts);
  expect(readdirSync(parent)).toHaveLength(2);
});

test("nothing is kept where others could write, or where Node is told to keep nothing", () => {
  mkdirSync(parent);
  chmodSync(parent, 0o777);
  start("call");
  expect(readdirSync(parent)).toEqual([]);
  chmodSync(parent, 0o700);
  start("call", { NODE_DISABLE_COMPILE_CACHE: "1" });
  expect(readdirSync(parent)).toEqual([]);
});

test("V8 looks for garbage sooner in a program that lives long, once what was compiled is kept", () => {
  expect(start("call").stdout).toBe("");
  rmSync(parent, { recursive: true });
  const stayed = start("stay");
  expect(stayed.stdout).toMatch(/^--heap-growing-percent=30 1\n--expose-gc 1\n(looked\n)+$/);
  expect(stayed.stderr).toBe("");
  expect(start("stay on a new Node")).toEqual({ stdout: "", stderr: "" });
});

test("a stack trace has the part's own file and line", () => {
  expect(start("fail").stderr).toContain(`${join(parts, "main.cjs")}:6`);
  expect(start("fail").stderr).toContain(`${join(parts, "main.cjs")}:6`);
});
