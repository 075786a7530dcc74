import type { ServerTurn } from "../model-server/types.ts";
import type { Chance } from "./chance.ts";

type Spoil = (turn: ServerTurn) => ServerTurn;

/** What can go wrong between a model and whoever asks it. */
export function randomFault(chance: Chance): Spoil {
  const kinds: Spoil[] = [
    (turn) => ({ ...turn, fault: { type: "status", status: 429, retryAfter: 1 } }),
    (turn) => ({ ...turn, fault: { type: "status", status: chance.pick([500, 503, 529]) } }),
    (turn) => ({ ...turn, fault: { type: "reset" } }),
    (turn) => ({ ...turn, fault: { type: "cut", afterBytes: chance.between(1, 1500) } }),
    (turn) => ({ ...turn, fault: { type: "early-end" } }),
    (turn) => ({ ...turn, fault: { type: "stream-error", message: "out of order" } }),
    (turn) => ({ ...turn, rawArguments: '{"command": "echo' }),
    () => ({ calls: [{ tool: "teleport", to: "the end" }] }),
    () => ({ say: "" }),
    () => ({ say: "I think that I am done." }),
    (turn) => ({ ...turn, usage: "none" }),
    (turn) => ({ ...turn, pauseMs: 2_000 }),
    () => ({ say: "I would rather not.", stop: "refusal" }),
    () => ({ say: "It began like", stop: "length" }),
    () => ({ calls: [{ tool: "shell", command: "exit 3" }] }),
    () => ({ calls: [{ tool: "shell", command: "yes | head -c 3000000" }] }),
  ];
  // What holds the whole run is rarer than what holds one call.
  if (chance.hits(0.02)) return (turn) => ({ ...turn, fault: { type: "status", status: 401 } });
  return chance.pick(kinds);
}
