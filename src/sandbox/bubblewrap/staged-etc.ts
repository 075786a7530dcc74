import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  type Stats,
} from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram } from "../../sys/processes/run-program.ts";

/** What a sandbox sees of /etc: paths of the host that it may read, and files that are made up, each with its text. */
export type EtcView = { paths: readonly string[]; texts: readonly (readonly [path: string, text: string])[] };

/** Whoever opens fewer sandboxes has their parts of /etc mounted one by one. */
const openedBefore = 8;
/** Of more it would take longer than it saves. */
const mostEntries = 5_000;

/**
 * One folder that a sandbox has for its /etc, in the place of some thirty mounts: bubblewrap reads the list of all mounts anew after
 * each. The folder is kept for the next run, which believes it only where each file has the size, time and mode of the
 * host's own.
 */
export class StagedEtc {
  readonly #parent: () => Promise<string | null>;
  #opened = 0;
  #folder: string | null = null;
  #isStaging = false;

  /** @param parent a folder that nobody else can write to, or null where there is none */
  constructor(parent: () => Promise<string | null>) {
    this.#parent = parent;
  }

  /** Null until it is there. Called for each sandbox. */
  of(view: EtcView): string | null {
    this.#opened += 1;
    if (this.#opened >= openedBefore && !this.#isStaging) {
      this.#isStaging = true;
      void this.#stage(view);
    }
    return this.#folder !== null && existsSync(this.#folder) ? this.#folder : null;
  }

  async #stage(view: EtcView): Promise<void> {
    try {
      const parent = await this.#parent();
      if (parent !== null) this.#folder = await stageEtc(view, parent);
    } catch {
      // A full disk, or a `cp` that is another one: the parts are mounted one by one, as before.
    }
  }
}

/** @returns the folder, whose `etc` is as the host's parts of it. Rejects where it cannot be made. */
export async function stageEtc({ paths, texts }: EtcView, parent: string): Promise<string> {
  const wanted = stampsOf(paths, "");
  const words = [...wanted, ...texts.flat()];
  const name = createHash("sha256").update(words.join("\0")).digest("hex").slice(0, 16);
  const folder = join(parent, `etc-${name}`);
  if (isAs(folder, { wanted, paths, texts })) return join(folder, "etc");
  const fresh = await mkdtemp(join(parent, "new-"));
  try {
    // Links in folders stay links: most lead to /usr, which a sandbox has as well.
    await runProgram("cp", ["-RH", "--parents", "--preserve=mode,timestamps", "--", ...paths, fresh]);
    for (const [path, text] of texts) {
      await mkdir(dirname(join(fresh, path)), { recursive: true });
      await rm(join(fresh, path), { force: true });
      await writeFile(join(fresh, path), text, { mode: 0o644 });
    }
    if (!isAs(fresh, { wanted, paths, texts })) throw new Error("the copy is not as the host's own");
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Whoever was quicker has made the same.
    if (!isAs(folder, { wanted, paths, texts })) throw error;
  }
  return join(folder, "etc");
}

type Wanted = EtcView & { wanted: readonly string[] };

function isAs(folder: string, { wanted, paths, texts }: Wanted): boolean {
  try {
    return (
      stampsOf(paths, folder).join("\0") === wanted.join("\0") &&
      texts.every(([path, text]) => readFileSync(join(folder, path), "utf8") === text)
    );
  } catch {
    return false;
  }
}

/** A line for each file, folder and link. What the paths themselves are links to counts, links in folders are links. */
function stampsOf(paths: readonly string[], root: string): string[] {
  const stamps: string[] = [];
  const add = (path: string, state: Stats): void => {
    const about = state.isSymbolicLink()
      ? readlinkSync(`${root}${path}`)
      : state.isDirectory()
        ? "folder"
        : `${state.size} ${state.mtimeMs} ${state.mode}`;
    stamps.push(`${path} ${about}`);
    if (stamps.length > mostEntries) throw new Error("there is too much in /etc");
    if (!state.isDirectory()) return;
    for (const name of readdirSync(`${root}${path}`).toSorted())
      add(`${path}/${name}`, lstatSync(`${root}${path}/${name}`));
  };
  for (const path of paths) add(path, statSync(`${root}${path}`));
  return stamps;
}
