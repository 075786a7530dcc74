import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { SeenProcess } from "../../core/repair/seen.ts";

export type ProcessView = SeenProcess & {
  /** File name of its program, as the kernel has it. */
  name: string;
  /** Null where it belongs to somebody else. */
  cwd: string | null;
  environ: string | null;
};

/** Every process that can be seen; null where this system has no /proc. */
export async function listProcesses(): Promise<ProcessView[] | null> {
  const pids = await readdir("/proc").catch(() => null);
  if (pids === null) return null;
  const views = await Promise.all(pids.filter((name) => /^\d+$/.test(name)).map(view));
  return views.filter((each) => each !== null);
}

/** Null when it has ended, or ends just now. */
async function view(pid: string): Promise<ProcessView | null> {
  const read = (file: string): Promise<string | null> =>
    readFile(join("/proc", pid, file), "utf8").catch(() => null);
  const [stat, command, environ, cwd] = await Promise.all([
    read("stat"),
    read("cmdline"),
    read("environ"),
    readlink(join("/proc", pid, "cwd")).catch(() => null),
  ]);
  // The name is in brackets and may hold anything; the start time is the 22nd field of all.
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat ?? "") ?? [];
  const fields = rest?.split(" ") ?? [];
  if (name === undefined || fields[0] === "Z") return null;
  const words = command?.replaceAll("\0", " ").trim();
  return { pid: Number(pid), born: fields[19] ?? "", command: words || name, name, cwd, environ };
}

/** Set in every sandbox of a worker or a gate, and nowhere else. */
const marker = "AGENTX_PORT_BASE=";

/**
 * What an agentx that is gone has started here and not ended: it has the marker, and works in one of agentx's own
 * folders for this repository. In a sandbox there is none, since its end is theirs.
 */
export async function seeProcesses(home: string): Promise<SeenProcess[]> {
  const all = (await listProcesses()) ?? [];
  return all
    .filter(({ pid, environ, cwd }) => {
      const isHere = (cwd ?? "").startsWith(join(home, "/")) || (environ ?? "").includes(join(home, "/"));
      return (
        pid !== process.pid && (environ ?? "").split("\0").some((each) => each.startsWith(marker)) && isHere
      );
    })
    .map(({ pid, born, command }) => ({ pid, born, command: command.slice(0, 100) }));
}
