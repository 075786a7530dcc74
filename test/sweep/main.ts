// npm run sweep: kills a run at each of its failpoints, at sampled pairs, and all along, or has its disk fail there, and
// compares what it comes to with a run that nobody disturbed. `--help` says how to choose.
import process from "node:process";
import { parseArgs } from "node:util";
import type { Address, Strike } from "../support/failpoints.ts";
import { chanceFrom } from "./chance.ts";
import { judge } from "./judge.ts";
import { diskCodes } from "../support/failpoint-error.ts";
import { diskAddresses, failAt, killAt, killTwice, oneOfEach, strikesAlong } from "./strikes.ts";
import { type Tried, tryRun } from "./try-run.ts";

const help = `npm run sweep -- [options]
  --point <address>  only this failpoint, such as git.update-ref:after#7; may be given again, for kills one after the other
  --every <n>        every n-th failpoint (1)
  --errors <code>    no kills: the disk fails with EIO, ENOSPC or EROFS, once a run, before and after each kind of effect
                     that writes; with --every, at every n-th such failpoint
  --pairs <n>        pairs of a failpoint and one soon after the first kill (60)
  --chains <n>       runs with 15 kills and signals each, spread over the run (10)
  --seed <n>         of the pairs, the chains, and which one of its kind fails (1)
  --jobs <n>         runs at a time (2)
`;

const { values } = parseArgs({
  options: {
    point: { type: "string", multiple: true },
    every: { type: "string" },
    errors: { type: "string" },
    pairs: { type: "string", default: "60" },
    chains: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(help);
else process.exitCode = await sweep();

async function sweep(): Promise<number> {
  const expected = await tryRun([]);
  say(`a run that nobody disturbs: ${expected.passed.length} failpoints, ${expected.modelCalls} model calls`);
  const plans = plansFor(expected);
  const sums = { kills: 0, unreached: 0, failures: 0 };
  const waiting = [...plans.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, strikes] = next;
      const { kills, problems } = await tryOne(expected, strikes);
      sums.kills += kills;
      // Work goes on side by side, so a failpoint's number may be passed in one run and not in the next.
      if (kills === 0) sums.unreached += 1;
      if (problems.length > 0) sums.failures += 1;
      if (problems.length > 0) say(`FAILED ${describe(strikes)}\n  ${problems.join("\n  ")}`);
      else if (index % 25 === 0) say(`${index + 1} of ${plans.length}: ${describe(strikes)}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  const { kills, unreached, failures } = sums;
  say(
    `${plans.length} runs, ${kills} strikes, ${unreached} runs that did not reach theirs, ${failures} failures`,
  );
  return failures === 0 ? 0 : 1;
}

function plansFor({ passed }: Tried): Strike[][] {
  const chance = chanceFrom(Number(values.seed));
  if (values.errors !== undefined) {
    const code = diskCodes.find((one) => one === values.errors);
    if (code === undefined) throw new Error(`--errors is one of ${diskCodes.join(", ")}`);
    const addresses = diskAddresses(passed);
    const chosen = values.every === undefined ? oneOfEach(addresses, chance) : nth(addresses);
    if (values.point !== undefined) return [values.point.map((at) => failAt(at, code))];
    return chosen.map((at) => [failAt(at, code)]);
  }
  if (values.point !== undefined) return [values.point.map(killAt)];
  return [
    ...nth(passed).map((address) => [killAt(address)]),
    ...Array.from({ length: Number(values.pairs) }, () => killTwice(passed, chance)),
    ...Array.from({ length: Number(values.chains) }, () => strikesAlong(15, chance)),
  ];
}

function nth(addresses: readonly Address[]): Address[] {
  const every = Number(values.every ?? "1");
  return addresses.filter((_, at) => at % every === 0);
}

async function tryOne(
  expected: Tried,
  strikes: readonly Strike[],
): Promise<{ kills: number; problems: string[] }> {
  try {
    const tried = await tryRun(strikes);
    return { kills: tried.struck.length, problems: judge(expected, tried) };
  } catch (error) {
    return { kills: 1, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function describe(strikes: readonly Strike[]): string {
  const words = strikes.map((one) => ("at" in one ? `--point ${one.at}` : `${one.appends}+${one.points}`));
  return words.join(" ");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
