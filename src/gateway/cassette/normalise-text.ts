import type { KnownPaths } from "../upstream.ts";

/**
 * What a client or a command writes into a request and would write differently the next time. The order matters: an
 * identifier is looked for before the numbers that it is made of.
 */
const volatile: readonly (readonly [RegExp, string])[] = [
  // Claude Code's own count of a conversation, in the first block of its instructions.
  [/\bcc_version=[\w.]+/g, "cc_version=#"],
  [/\bcch=[\w]+/g, "cch=#"],
  // Above the output of a command in Codex.
  [/\b(Chunk ID|Original token count): [0-9a-f]+/g, "$1: #"],
  [/(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi, "<uuid>"],
  [/(?<=\bagentx\/)[0-9a-z]{6,12}\b/g, "<run>"],
  [/(?:\/private)?\/(?:var\/)?tmp\/[^\s"'`<>|;:,)\]}]+/g, "<tmp>"],
  [/\/var\/folders\/[^\s"'`<>|;:,)\]}]+/g, "<tmp>"],
  [/(?<=[/-](?:worktrees|gates|scratch)[/-])[\w.-]+/g, "#"],
  [/\b(127\.0\.0\.1|localhost|\[::1\]):\d+/g, "$1:#"],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?/g, "<date>"],
  [/\b\d{1,2}\/\d{1,2}\/\d{4}\b/g, "<date>"],
  [
    /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +\d{1,2}(?:,? +\d{4})?\b/g,
    "<date>",
  ],
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AP]M)?\b/g, "<time>"],
  [/(?<![\dA-Za-z.])1[6-9]\d{8}(?:\d{3}|\d{9}|\.\d+)?(?![\dA-Za-z])/g, "<time>"],
  [/\b(p?pids?|pgid)\b([ :="]+)\d+/gi, "$1$2#"],
  [/\b\d+(?:[.,]\d+)? ?(?:ms|µs|us|ns|s|secs?|seconds?|mins?|minutes?)\b/g, "<duration>"],
  [/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g, "<hash>"],
  // Short hashes have a letter and a digit, or they would be words and numbers.
  [/\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,39}\b/g, "<hash>"],
];

/** The text without dates, times, ids, hashes, ports, and the places that a run works in. Pure. */
export function normaliseText(text: string, paths: KnownPaths = {}): string {
  let left = text;
  const named = Object.entries(paths).filter(([, path]) => path.length > 1);
  for (const [name, path] of named.toSorted(([, a], [, b]) => b.length - a.length)) {
    left = left.replaceAll(path, `<${name}>`);
  }
  for (const [pattern, name] of volatile) left = left.replace(pattern, name);
  return left;
}
