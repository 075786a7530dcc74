import type { Sample } from "./gauge.ts";
import { median } from "./gauge.ts";

/** What was seen so far. */
export type Tally = {
  count: (what: string, by?: number) => void;
  of: (what: string) => number;
  sample: (sample: Sample) => void;
  worktrees: (count: number) => void;
  problem: (what: string) => void;
  problems: readonly string[];
  line: () => string;
  table: () => string;
};

const bands = [0, 5, 10, 20, 40, 80, 160];

export function openTally(say: (text: string) => void): Tally {
  const counts = new Map<string, number>();
  const problems: string[] = [];
  const samples = new Map<number, { rss: number[]; fds: number[] }>();
  let lastWorktrees = 0;
  let mostWorktrees = 0;
  let mostRss = 0;
  const of = (what: string): number => counts.get(what) ?? 0;
  const rows = (): string[] =>
    [...samples]
      .toSorted(([a], [b]) => a - b)
      .map(([from, { rss, fds }]) => {
        const to = bands[bands.indexOf(from) + 1];
        const range = to === undefined ? `${from} and more` : `${from} to ${to - 1}`;
        return `| merges of one process: ${range} | ${rss.length} samples, RSS ${median(rss).toFixed(0)} MB in the middle, ${Math.max(...rss).toFixed(0)} at most; ${median(fds)} files open, ${Math.max(...fds)} at most |`;
      });
  return {
    count: (what, by = 1) => void counts.set(what, of(what) + by),
    of,
    sample: ({ merges, rssMb, fds }) => {
      const band = bands.findLast((from) => from <= merges) ?? 0;
      const kept = samples.get(band) ?? { rss: [], fds: [] };
      kept.rss.push(rssMb);
      kept.fds.push(fds);
      samples.set(band, kept);
      mostRss = Math.max(mostRss, rssMb);
    },
    worktrees: (count) => {
      lastWorktrees = count;
      mostWorktrees = Math.max(mostWorktrees, count);
    },
    problem: (what) => {
      problems.push(what);
      say(`BROKEN: ${what}`);
    },
    problems,
    line: () =>
      `${of("tasks")} tasks, ${of("merged")} merged, ${of("runs")} runs, ${of("starts")} starts, ${of("disturbed: kill")} kills, ${of("questions")} questions, RSS at most ${mostRss.toFixed(0)} MB, ${lastWorktrees} worktrees, ${problems.length} problems`,
    table: () =>
      [
        "| what | seen |",
        "|---|---|",
        ...[...counts]
          .toSorted(([a], [b]) => a.localeCompare(b))
          .map(([what, count]) => `| ${what} | ${count} |`),
        ...rows(),
        `| worktrees | ${lastWorktrees} at the end, ${mostWorktrees} at most |`,
        `| broken promises | ${problems.length} |`,
      ].join("\n"),
  };
}
