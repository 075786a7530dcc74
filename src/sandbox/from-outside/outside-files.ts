import { constants, lstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { describeFailure, readFlags, readOpened, readText, replaceFile, writeText } from "../inside/files.ts";
import { maxReadBytes } from "../inside/protocol.ts";
import { type HoldFolder, listFolder, listHeld } from "../inside/walk.ts";
import { type Sandbox, SandboxFileError, type SandboxSpec } from "../sandbox.ts";
import { folderBeneath } from "./folder-beneath.ts";

/** As those of `Sandbox`, but null where it cannot be done from outside: the path means something else inside, or a link is on it. */
export type OutsideFiles = {
  [name in "readFile" | "writeFile" | "list"]: (
    ...args: Parameters<Sandbox[name]>
  ) => Promise<Awaited<ReturnType<Sandbox[name]>> | null>;
};

const wholeFile = { offset: 0, maxBytes: maxReadBytes };

/** Without walls a path is the same everywhere. */
export function unwalledFiles({ root }: Pick<SandboxSpec, "root">): OutsideFiles {
  return {
    readFile: (path, range = wholeFile) => told(path, () => readText(root, { ...range, path })),
    writeFile: (path, text) => told(path, () => writeText(root, path, text)),
    list: (path, options) => told(path, () => listFolder(root, { ...options, path })),
  };
}

/**
 * The sandbox's own folders, which are seen inside at the same place, and HOME. Each name of a path is opened from the folder before it and no link is
 * followed, so that whatever runs inside and changes them leads nowhere else.
 * @param home where HOME is inside
 */
export function walledFiles(spec: SandboxSpec, home: string): OutsideFiles {
  const places = placesOf(spec, home);
  return {
    readFile: (path, range = wholeFile) =>
      told(path, async () => {
        const way = wayTo(path, { spec, places, isWrite: false });
        if (way === null) return null;
        using folder = folderBeneath(way.top, way.folders, { make: false });
        if (folder === null) return null;
        const file = await openUnlinked(`${folder.path}/${way.name}`);
        if (file === null) return null;
        await using _ = file;
        return await readOpened(file, { ...range, path });
      }),
    writeFile: (path, text) =>
      told(path, async () => {
        const way = wayTo(path, { spec, places, isWrite: true });
        if (way === null) return null;
        using folder = folderBeneath(way.top, way.folders, { make: true });
        if (folder === null || isLink(`${folder.path}/${way.name}`)) return null;
        replaceFile({ folder: folder.path, name: way.name, shown: path }, text);
      }),
    list: (path, options) =>
      told(path, async () => {
        const way = wayTo(path, { spec, places, isWrite: false });
        // What has another name inside would be shown by the one out here.
        if (way === null || !way.isSame) return null;
        const hold: HoldFolder = (folder) =>
          folderBeneath(way.top, namesOf(relative(way.top, folder)), { make: false });
        using top = hold(resolve(spec.root, path));
        return top === null ? null : await listHeld(spec.root, { ...options, path }, hold);
      }),
  };
}

/** A folder of the sandbox: where it is seen there, and where it is. */
type Place = { inside: string; outside: string; writable: boolean };

/** Not those in which something else is mounted: whoever moves the folder above that has it under another name. */
function placesOf(spec: SandboxSpec, homeInside: string): Place[] {
  const { root, writable, scratch, home = null, readOnly, gitCommonDir = null, gitDir = null } = spec;
  const git = [gitCommonDir, gitDir].filter((path) => path !== null);
  const all = [
    ...(scratch === null ? [] : [{ inside: scratch, outside: scratch, writable: true }]),
    ...(home === null ? [] : [{ inside: homeInside, outside: home, writable: true }]),
    { inside: root, outside: root, writable },
  ];
  // Of places in one another the inner one is seen.
  const innerFirst = all.sort((a, b) => b.inside.length - a.inside.length);
  return innerFirst
    .filter(({ outside }) => !git.some((path) => isWithin(path, outside)))
    .map((place) =>
      readOnly.some((path) => isWithin(path, place.outside)) ? { ...place, writable: false } : place,
    );
}

/** From a folder of the sandbox by the names of folders to a name in the last of them. */
type Way = {
  top: string;
  folders: string[];
  name: string;
  /** Whether inside it is the same path. */
  isSame: boolean;
};

function wayTo(
  path: string,
  { spec, places, isWrite }: { spec: SandboxSpec; places: readonly Place[]; isWrite: boolean },
): Way | null {
  const asked = resolve(spec.root, path);
  const place = places.find(({ inside }) => isWithin(asked, inside));
  if (place === undefined || (isWrite && !place.writable)) return null;
  const names = namesOf(relative(place.inside, asked));
  // Git's own is something else inside.
  if (names.includes(".git")) return null;
  return {
    top: place.outside,
    folders: names.slice(0, -1),
    name: names.at(-1) ?? ".",
    isSame: place.inside === place.outside,
  };
}

function namesOf(way: string): string[] {
  return way === "" ? [] : way.split("/");
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}

/** Null for a link. */
async function openUnlinked(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, readFlags | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOOP") return null;
    throw error;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The error names the path as it was asked for. */
async function told<T>(path: string, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    const { code, message } = describeFailure(error, path);
    throw new SandboxFileError(code, message, { cause: error });
  }
}
