/**
 * `npm run soak -- --minutes 60 [--seed 7]`: runs with random faults at every boundary, in a real repository, against models
 * on loopback, with agentx's promise checked after every start. See docs/reliability.md. Exits 1 when it was broken.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, seed: { type: "string", default: "1" } },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(`seed ${values.seed}, ${values.minutes} minutes`);
const tally = await soak({ seed: values.seed, minutes: Number(values.minutes), say });
say(tally.table());
process.exitCode = tally.problems.length === 0 ? 0 : 1;
