import { lstatSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describeFailure, readText, writeText } from "../inside/files.ts";
import { maxReadBytes } from "../inside/protocol.ts";
import { listFolder } from "../inside/walk.ts";
import { type Sandbox, SandboxFileError, type SandboxSpec } from "../sandbox.ts";

/** A folder of the sandbox: where it is seen there, and where it is. */
type Place = { inside: string; outside: string; writable: boolean };

/** What may be reached from outside: the sandbox's own folders, or everything where there are no walls. */
export type Reach = { type: "own folders"; home: string } | { type: "everything" };

/** As those of `Sandbox`, but null where the path leads elsewhere than into the sandbox's own folders. */
export type OutsideFiles = {
  readFile: (...args: Parameters<Sandbox["readFile"]>) => ReturnType<Sandbox["readFile"]> | null;
  writeFile: (...args: Parameters<Sandbox["writeFile"]>) => Promise<void> | null;
  list: (...args: Parameters<Sandbox["list"]>) => ReturnType<Sandbox["list"]> | null;
};

/**
 * The files of a sandbox in which nothing runs. Nobody turns a folder into a link then between a look at it and its use, so a path
 * can be followed from outside as it would be inside, and takes no process. Whatever leads out of the sandbox's own folders,
 * or to git's, means something else inside.
 */
export function outsideFiles(spec: SandboxSpec, reach: Reach): OutsideFiles {
  const reached = (path: string, isWrite: boolean): string | null => {
    if (reach.type === "everything") return path;
    const found = reachedIn(spec, { path, isWrite, home: reach.home });
    // Where it is the same inside, it is called as it was asked for.
    return found === resolve(spec.root, path) ? path : found;
  };
  return {
    readFile: (path, range = { offset: 0, maxBytes: maxReadBytes }) => {
      const found = reached(path, false);
      return found === null ? null : told(path, readText(spec.root, { ...range, path: found }));
    },
    writeFile: (path, text) => {
      const found = reached(path, true);
      return found === null ? null : told(path, writeText(spec.root, found, text));
    },
    list: (path, options) => {
      // What has another name inside would be shown by the one out here.
      if (reached(path, false) !== path) return null;
      return told(path, listFolder(spec.root, { ...options, path }));
    },
  };
}

/** The error names the path as it was asked for. */
async function told<T>(path: string, doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    const { code, message } = describeFailure(error, path);
    throw new SandboxFileError(code, message, { cause: error });
  }
}

/** Where a path of the sandbox is out here, links on the way not followed; null where it leads out. */
function reachedIn(
  spec: SandboxSpec,
  { path, isWrite, home }: { path: string; isWrite: boolean; home: string },
): string | null {
  const asked = resolve(spec.root, path);
  const place = placesOf(spec, home).find(({ inside }) => isWithin(asked, inside));
  if (place === undefined || (isWrite && !place.writable)) return null;
  const found = join(place.outside, relative(place.inside, asked));
  const [real, top] = [realOf(found), realOf(place.outside)];
  if (real === null || top === null || !isWithin(real, top)) return null;
  if (relative(top, real).split("/").includes(".git")) return null;
  const covered = [spec.gitCommonDir ?? null, spec.gitDir ?? null, ...(isWrite ? spec.readOnly : [])];
  return covered.some((each) => each !== null && isWithin(real, realOf(each) ?? each)) ? null : found;
}

function placesOf({ root, writable, scratch, home = null }: SandboxSpec, homeInside: string): Place[] {
  return [
    ...(scratch === null ? [] : [{ inside: scratch, outside: scratch, writable: true }]),
    ...(home === null ? [] : [{ inside: homeInside, outside: home, writable: true }]),
    { inside: root, outside: root, writable },
  ];
}

/** With all links followed; what is not there yet will be where its nearest folder is. Null for a link that leads nowhere. */
function realOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    if (isThere(path)) return null;
    const folder = realOf(dirname(path));
    return folder === null ? null : join(folder, relative(dirname(path), path));
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}
