import { table } from "../table.ts";
import type { Peer } from "./peer.ts";
import { killPeer, type PeerRun, runPeer } from "./run-peer.ts";

type Options = { peers: readonly Peer[]; home: string };

/** Green on the base, red on every change that an agent here makes. */
const redGate = "! ls made-* 2>/dev/null";

/** What each does where work is red, where two changes do not fit together, and where it is killed. */
export async function compareBehaviours({ peers, home }: Options): Promise<string> {
  const rows: string[][] = [];
  for (const peer of peers) {
    const red = await runPeer({
      peer,
      home,
      work: {
        titles: ["001", "002", "003"].map((number) => `Write the file made-${number}`),
        cap: 3,
        gate: redGate,
      },
    });
    const conflict = await runPeer({
      peer,
      home,
      // A third beside them: one of the programs does not begin with two.
      work: {
        titles: ["Put left into shared", "Put right into shared", "Write the file made-001"],
        cap: 3,
        gate: null,
      },
    });
    const titles = [1, 2, 3, 4].map((number) => `Sleep in nap-${number}`);
    const killed = await killPeer({ peer, home, work: { titles, cap: 4, gate: null } });
    rows.push([
      peer.name,
      `${red.landed.size} of 3, exit code ${red.exitCode}`,
      describeConflict(conflict),
      `${killed.after} of ${killed.before}`,
    ]);
  }
  const head = [
    "program",
    "red changes that landed",
    "two changes of one line",
    "agents that outlive `kill -9` by a second",
  ];
  return table(head, rows);
}

function describeConflict({ landed, exitCode }: PeerRun): string {
  const text = landed.get("shared.txt") ?? "";
  const words = ["left", "right"].filter((word) => text.includes(word));
  const odd = text.includes("<<<<")
    ? ", with conflict markers"
    : text.includes("conflict")
      ? ", with the agent's chat"
      : "";
  return `${words.length === 0 ? "neither" : words.join(" and ")} landed${odd}, exit code ${exitCode}`;
}
