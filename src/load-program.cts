// Loads what `rolldown` made of the program, part by part, from what V8 has compiled of it before. Node's own cache holds what V8
// compiles of a file at first sight; the functions that are called are compiled again at each start, a fifth of what a dispatch takes.
import type * as Crypto from "node:crypto";
import type * as Fs from "node:fs";
import type * as Os from "node:os";
import type * as Path from "node:path";
import type * as V8 from "node:v8";
import type * as Vm from "node:vm";

const crypto = require("node:crypto") as typeof Crypto;
const fs = require("node:fs") as typeof Fs;
const os = require("node:os") as typeof Os;
const path = require("node:path") as typeof Path;
const vm = require("node:vm") as typeof Vm;

/** Once what a start takes has been called, before V8 drops what is not called again, and before anybody loses patience. */
const keptAfterMs = 3000;

/**
 * By how much what is in use may grow until V8 looks for garbage again, and what lets a program ask it to look:
 * docs/decisions/0029-memory-is-given-back-sooner.md.
 */
const sooner = ["--heap-growing-percent=30", "--expose-gc"];
/** V8 complains of a flag that it does not have, and a newer one may have it no more. */
const newestTriedNode = 26;
const checksumBytes = 32;

type Exports = Record<string, unknown>;
type Loaded = { script: Vm.Script; exports: Exports };

/** @param folder of the parts, each a function (build/as-functions.ts); `main.cjs` is called, and says itself what it fails with */
function loadProgram(folder: string): void {
  const main = "main.cjs";
  const sources = new Map([[main, sourceOf(folder, main)]]);
  // The name of every other part holds a hash of its text, and the text of the first one their names.
  const home = homeOf(`${folder}\n${sources.get(main)}`);
  const isTrusted = home !== null && isOurs(path.dirname(home));
  const parts = new Map<string, Loaded>();
  let hasFresh = false;
  const load = (name: string): Exports => {
    const known = parts.get(name);
    if (known !== undefined) return known.exports;
    const filename = path.join(folder, name);
    const source = sources.get(name) ?? sourceOf(folder, name);
    const cachedData = isTrusted ? readKept(path.join(home, name)) : undefined;
    const script = new vm.Script(source, {
      filename,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    hasFresh ||= cachedData === undefined || script.cachedDataRejected === true;
    const module = { exports: {} as Exports };
    const part = {
      script,
      get exports() {
        return module.exports;
      },
    };
    parts.set(name, part);
    const run = script.runInThisContext() as (...args: unknown[]) => void;
    try {
      run.call(module.exports, module.exports, requirePart, module, filename, folder);
    } catch (error) {
      parts.delete(name);
      throw error;
    }
    return module.exports;
  };
  const requirePart = (id: string): unknown => (id.startsWith("./") ? load(id.slice(2)) : require(id));
  const keep = (): void => {
    clearTimeout(later);
    process.off("exit", keep);
    // All of them anew: what was known of a part may be what another command calls of it.
    if (hasFresh && home !== null) keepCompiled(home, parts);
  };
  const later = setTimeout(() => {
    keep();
    // Not before: V8 knows by its flags what it has compiled, and would compile Node's own modules anew at each start.
    lookSooner();
  }, keptAfterMs).unref();
  process.once("exit", keep);
  load(main);
}

function lookSooner(): void {
  if (Number(process.versions.node.split(".")[0]) > newestTriedNode) return;
  const v8 = require("node:v8") as typeof V8;
  for (const flag of sooner) v8.setFlagsFromString(flag);
  // Growth counts from V8's last look, and the first one it takes late. Only a context that begins now has the function.
  const collect = vm.runInNewContext("globalThis.gc") as (() => void) | undefined;
  collect?.();
}

function sourceOf(folder: string, name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}

/** Null where nothing is to be kept. Beside what src/sandbox/helper/code-cache.ts keeps. */
function homeOf(text: string): string | null {
  if (process.env["NODE_DISABLE_COMPILE_CACHE"]) return null;
  const key = `${process.version} ${process.arch} ${process.execPath}\n${text}`;
  const hash = crypto.hash("sha256", key, "hex").slice(0, 16);
  return path.join(os.tmpdir(), `agentx-code-${process.getuid?.() ?? 0}`, `program-${hash}`);
}

/** What somebody else could write to would be code in a process that holds keys. */
function isOurs(parent: string): boolean {
  const info = fs.lstatSync(parent, { throwIfNoEntry: false });
  return (
    info !== undefined &&
    info.isDirectory() &&
    info.uid === (process.getuid?.() ?? info.uid) &&
    (info.mode & 0o077) === 0
  );
}

/** V8 does not look whether its data is whole, and falls over what a crash has left half written. */
function readKept(file: string): Buffer | undefined {
  try {
    const bytes = fs.readFileSync(file);
    const data = bytes.subarray(checksumBytes);
    return checksumOf(data).equals(bytes.subarray(0, checksumBytes)) ? data : undefined;
  } catch {
    return undefined;
  }
}

function checksumOf(data: Buffer): Buffer {
  return crypto.hash("sha256", data, "buffer");
}

/** Never throws: whoever cannot keep it starts slower the next time, and a full disk is told where it matters. */
function keepCompiled(home: string, parts: ReadonlyMap<string, Loaded>): void {
  try {
    fs.mkdirSync(path.dirname(home), { recursive: true, mode: 0o700 });
    if (!isOurs(path.dirname(home))) return;
    fs.mkdirSync(home, { recursive: true });
    for (const [name, { script }] of parts) {
      const data = script.createCachedData();
      const fresh = path.join(home, `${name}.${process.pid}`);
      fs.writeFileSync(fresh, Buffer.concat([checksumOf(data), data]));
      fs.renameSync(fresh, path.join(home, name));
    }
  } catch {
    return;
  }
}

module.exports = { loadProgram };
