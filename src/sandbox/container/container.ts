import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { doorBin, doorFolder, egressFolder } from "../bubblewrap/bubblewrap-args.ts";
import { checkPaths } from "../check-paths.ts";
import { commandEnv } from "../command-env.ts";
import { openEgress, withEgress } from "../egress/open-egress.ts";
import type { Bounds } from "../limits/bounds.ts";
import { explainLimit } from "../limits/explain-limit.ts";
import { memoryFolders } from "../limits/memory-folders.ts";
import { watchedDisk } from "../limits/watched-disk.ts";
import { openSession } from "../helper/open-session.ts";
import { KnownRefs } from "../git-folder/known-refs.ts";
import { readGit } from "../git-folder/read-git.ts";
import { withHelpers } from "../helper/run-in-opened.ts";
import type { SandboxProvider } from "../sandbox.ts";
import { containerArgs, type ContainerHost, madeUpFiles } from "./container-args.ts";
import type { Engine } from "./engine.ts";
import { containerName, removeContainers, removeLeftovers } from "./leftovers.ts";

export type ContainerOptions = {
  engine: Engine;
  version: string;
  host: ContainerHost;
  path: string;
  limits: SandboxLimits;
};

/** Each sandbox is a container with the helper in it. The tools are the image's; of the machine's, none is there. */
export async function containerProvider({
  engine,
  version,
  host,
  path,
  limits,
}: ContainerOptions): Promise<SandboxProvider> {
  await removeLeftovers(engine);
  const refs = new KnownRefs();
  return withHelpers({
    name: `${engine.name} ${version}`,
    isolates: true,
    open: async (spec) => {
      checkPaths(spec);
      const git = await readGit(spec, refs);
      const name = containerName();
      const texts = await writeTexts(madeUpFiles(host, git));
      const folderBytes = memoryFolders(limits.memory, totalmem());
      const egress = spec.network === false ? null : await openEgress(spec.network);
      const around = { host, name, machine: hostname(), git, texts, limits, folderBytes };
      const bounds: Bounds = {
        hold: async () => {},
        watchedMemory: null,
        explain: (result, ended) =>
          explainLimit(result, { limits, refused: { memory: ended, processes: 0 } }),
        // The program that is gone is only the one that spoke with the engine.
        release: async () => {
          await removeContainers(engine, [name]);
          await rm(texts, { recursive: true, force: true });
        },
      };
      return openSession({
        file: engine.file,
        args: containerArgs(spec, { ...around, egress: egress?.folder ?? null }),
        programEnv: engine.env,
        inputs: [],
        root: spec.root,
        env: commandEnv(spec, { PATH: path }, git !== null),
        door: (spec.door ?? null) === null ? null : { folder: doorFolder, bin: doorBin },
        egress: egress === null ? null : { folder: egressFolder, noProxy: egress.noProxy },
        bounds: withEgress(bounds, egress),
        disk: watchedDisk(spec, limits),
      });
    },
  });
}

async function writeTexts(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agentx-container-"));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return folder;
}
