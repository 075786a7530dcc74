import type { Graph } from "./shapes.ts";

/** No schedule takes less: the longest chain, and the work by the slots. */
export function lowerBound(graph: Graph, slots: number): number {
  const work = graph.durations.reduce((sum, each) => sum + each, 0);
  return Math.max(Math.max(...chains(graph)), work / slots);
}

/** The makespan of whoever knows how long all takes, begins the longest chain first, and loses no time between two tasks. */
export function criticalPathFirst(graph: Graph, slots: number): number {
  const rank = chains(graph);
  return listSchedule(graph, { slots, rank: (node) => -(rank[node] ?? 0) });
}

/** The makespan where a level of the graph begins when the one before it is over; in a level the longest first. */
export function waves(graph: Graph, slots: number): number {
  const levels: number[] = [];
  for (const [node, needs] of graph.needs.entries())
    levels[node] = Math.max(-1, ...needs.map((need) => levels[need] ?? 0)) + 1;
  const byLevel = Map.groupBy(levels.keys(), (node) => levels[node] ?? 0);
  return [...byLevel.values()].reduce((sum, nodes) => {
    const alone = { needs: nodes.map(() => []), durations: nodes.map((node) => graph.durations[node] ?? 0) };
    return sum + criticalPathFirst(alone, slots);
  }, 0);
}

function listSchedule({ needs, durations }: Graph, { slots, rank }: Ranked): number {
  const done = new Set<number>();
  const waiting = new Set(needs.keys());
  let running: { node: number; end: number }[] = [];
  let now = 0;
  while (done.size < needs.length) {
    const ready = [...waiting].filter((node) => needs[node]?.every((need) => done.has(need)));
    for (const node of ready.toSorted((a, b) => rank(a) - rank(b)).slice(0, slots - running.length)) {
      waiting.delete(node);
      running.push({ node, end: now + (durations[node] ?? 0) });
    }
    now = Math.min(...running.map(({ end }) => end));
    for (const { node, end } of running) if (end === now) done.add(node);
    running = running.filter(({ end }) => end > now);
  }
  return now;
}

type Ranked = { slots: number; rank: (node: number) => number };

/** For each node how long the longest chain takes that begins with it. */
function chains({ needs, durations }: Graph): number[] {
  const behind = durations.map(() => 0);
  const lengths = durations.map(() => 0);
  for (let node = needs.length - 1; node >= 0; node -= 1) {
    lengths[node] = (behind[node] ?? 0) + (durations[node] ?? 0);
    for (const need of needs[node] ?? []) behind[need] = Math.max(behind[need] ?? 0, lengths[node] ?? 0);
  }
  return lengths;
}
