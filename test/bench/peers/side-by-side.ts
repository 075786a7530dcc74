import { ratio, seconds, table } from "../table.ts";
import type { Peer, Work } from "./peer.ts";
import { type PeerRun, runPeer } from "./run-peer.ts";

export type Side = { peer: Peer; runs: PeerRun[] };

type Options = { peers: readonly Peer[]; home: string; tasks: number; rounds: number };

/** Independent tasks, 16 at a time, no gates: the peers in turns, so that a busy minute falls on all of them. */
export async function measureSides({ peers, home, tasks, rounds }: Options): Promise<Side[]> {
  const numbers = Array.from({ length: tasks }, (_, at) => String(at + 1).padStart(3, "0"));
  const work: Work = {
    titles: numbers.map((number) => `Write the file made-${number}`),
    cap: 16,
    gate: null,
  };
  const sides: Side[] = peers.map((peer) => ({ peer, runs: [] }));
  for (let round = 0; round < rounds; round += 1)
    for (const { peer, runs } of sides) runs.push(await runPeer({ peer, work, home }));
  return sides;
}

/** Every run's figures, not the best one's: who loses work in one of three loses work. */
export function renderSides(sides: readonly Side[], tasks: number): string {
  const each = (runs: readonly PeerRun[], say: (run: PeerRun, round: number) => string | number): string =>
    [...new Set(runs.map((run, round) => String(say(run, round))))].join(", ");
  const head = ["program", "wall", "of the floor", `merged of ${tasks}`, "launches", "left behind"];
  return table(
    head,
    sides.map(({ peer, runs }) => [
      peer.name,
      each(runs, ({ wallMs }) => seconds(wallMs)),
      each(runs, ({ wallMs }, round) => {
        const floor = floorOf(sides, { tasks, round });
        return floor === null ? "not known" : ratio(wallMs, floor);
      }),
      each(runs, ({ landed }) => landed.size),
      each(runs, ({ launches }) => launches),
      each(runs, leftBy),
    ]),
  );
}

function leftBy({ left, leftThen }: PeerRun): string {
  const first = left.join(" and ") || "nothing";
  return leftThen === null ? first : `${first}, and once cleaned ${leftThen.join(" and ") || "nothing"}`;
}

/** What the first of them took in a round, in ms; null where it did not do all of the work. */
export function floorOf(
  sides: readonly Side[],
  { tasks, round }: { tasks: number; round: number },
): number | null {
  const run = sides[0]?.runs[round];
  return run?.landed.size === tasks ? run.wallMs : null;
}
