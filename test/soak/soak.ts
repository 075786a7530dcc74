import { chanceOf } from "./chance.ts";
import { runRound, type Round } from "./run-round.ts";
import { openTally, type Tally } from "./tally.ts";
import { openWorld } from "./world.ts";

export type SoakOptions = {
  seed: string;
  /** No run is begun after this many minutes. */
  minutes: number;
  say: (text: string) => void;
};

/** Runs one plan after the other in one repository until the time is over. */
export async function soak({ seed, minutes, say }: SoakOptions): Promise<Tally> {
  const world = await openWorld(seed);
  const tally = openTally(say);
  const began = performance.now();
  const minutesNow = (): number => (performance.now() - began) / 60_000;
  const timer = setInterval(() => say(`${minutesNow().toFixed(0)} min: ${tally.line()}`), 60_000);
  try {
    for (let number = 1; minutesNow() < minutes; number += 1) {
      await runRound(world, roundOf(seed, number), tally);
      // The server keeps every request.
      world.server.requests.splice(0);
    }
  } finally {
    clearInterval(timer);
    await world.close();
  }
  return tally;
}

/** Every third run is left alive and is long, to see what it takes; the others are ended in every way. */
function roundOf(seed: string, number: number): Round {
  const chance = chanceOf(`${seed} size ${number}`);
  const isRough = number % 3 !== 0;
  return {
    number,
    isRough,
    tasks: isRough ? chance.between(15, 40) : chance.between(60, 120),
    everyMs: isRough ? 10_000 : 15_000,
  };
}
