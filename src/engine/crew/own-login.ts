import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Agent } from "../../agents/agent.ts";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import { makeRealFolder } from "../../sys/real-folder.ts";

type Login = { /** Relative to HOME. */ files: readonly string[]; personHome: string };

const maxBytes = 64 * 1024;

/**
 * The agent with the person's own login in its HOME: only the files that hold the login, none of the person's settings.
 * A program renews its login while it works, and some vendors take the old one for void then, so what has changed is
 * brought back.
 */
export function withOwnLogin(agent: Agent, { files, personHome }: Login): Agent {
  return {
    ...agent,
    work: async (job) => {
      const { home } = job;
      if (home === null) return agent.work(job);
      const brought = new Map<string, string>();
      for (const file of files) {
        const text = await readSmallFile(join(personHome, file));
        if (text === null || !(await makeRealFolder(home, dirname(file)))) continue;
        await writeFileAtomic(join(home, file), text, 0o600);
        brought.set(file, text);
      }
      try {
        return await agent.work(job);
      } finally {
        for (const [file, text] of brought) await bringBack(file, { text, home, personHome });
      }
    },
  };
}

/** What comes back was in a worker's hands: it replaces the login only where it is data of the same form. */
async function bringBack(
  file: string,
  { text, home, personHome }: { text: string; home: string; personHome: string },
): Promise<void> {
  if (!(await makeRealFolder(home, dirname(file)))) return;
  const now = await readSmallFile(join(home, file));
  if (now === null || now === text || !isSameForm(text, now)) return;
  const theirs = join(personHome, file);
  // Where the person's own program has renewed it meanwhile, theirs is the newer one.
  if ((await readSmallFile(theirs)) === text) await writeFileAtomic(theirs, now, 0o600);
}

function isSameForm(before: string, after: string): boolean {
  const [was, is] = [keysOf(before), keysOf(after)];
  return was !== null && is !== null && was.every((key) => is.includes(key));
}

function keysOf(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? Object.keys(value) : null;
  } catch {
    return null;
  }
}

/** Never through a link. Null where there is no such file, or it is none that holds a login. */
async function readSmallFile(path: string): Promise<string | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size, isFile } = await statOf(file);
    return isFile && size <= maxBytes ? await file.readFile("utf8") : null;
  } catch {
    return null;
  }
}

async function statOf(file: Awaited<ReturnType<typeof open>>): Promise<{ size: number; isFile: boolean }> {
  const stat = await file.stat();
  return { size: stat.size, isFile: stat.isFile() };
}
