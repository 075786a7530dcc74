import type { KnownPaths } from "../upstream.ts";

/** What stands for what: finds a recorded path and gives the one of today. */
export type Moves = { pattern: RegExp; to: (path: string) => string };

/** From the folders of the recording to today's of the same names; null where nothing has moved. */
export function movesBetween(recorded: KnownPaths, now: KnownPaths): Moves | null {
  const all = Object.entries(recorded).flatMap(([name, from]) => {
    const to = now[name];
    return to !== undefined && isPlain(from) && isPlain(to) ? [[from, to] as const] : [];
  });
  if (all.every(([from, to]) => from === to)) return null;
  const table = new Map(all);
  // What did not move counts too: it may lie in a folder that did.
  const longestFirst = [...table.keys()].toSorted((a, b) => b.length - a.length);
  const any = longestFirst.map((path) => path.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join("|");
  const pattern = new RegExp(`(?:${any})(?![\\w-]|\\.\\w)`, "g");
  return { pattern, to: (path) => table.get(path) ?? path };
}

/** The root would be found everywhere; a quote or a backslash reads otherwise in each layer of JSON. */
function isPlain(path: string): boolean {
  return path.length > 1 && !/["\\\p{Cc}]/u.test(path);
}

export function move(text: string, { pattern, to }: Moves): string {
  return text.replace(pattern, to);
}
