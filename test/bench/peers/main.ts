/**
 * `npm run bench:peers [-- --quick] [-- --only ralphy,…]`: the same work by agentx, by git and xargs, and by others that npm
 * serves, installed into a cache and never a part of this project. Exits 1 when agentx misses its own bounds.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { npmInstall } from "../../support/npm-install.ts";
import { describeMachine, loadNow } from "../machine.ts";
import { compareBehaviours } from "./behaviours.ts";
import type { Peer } from "./peer.ts";
import { agentx, agentxUnsafe } from "./programs/agentx.ts";
import { bareGit } from "./programs/bare-git.ts";
import { ralphTui } from "./programs/ralph-tui.ts";
import { ralphy } from "./programs/ralphy.ts";
import { sandcastle } from "./programs/sandcastle.ts";
import { floorOf, measureSides, renderSides, type Side } from "./side-by-side.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});
const others: Peer[] = [sandcastle, ralphTui, ralphy];
const named = values.only?.split(",");
const picked = others.filter(({ name }) => named?.some((one) => name.startsWith(one)) ?? true);
const packages = picked.flatMap((peer) => peer.packages);
const home = join(homedir(), ".cache", "agentx-peers", packages.join("+").replaceAll("/", "-") || "none");
if (packages.length > 0) await npmInstall(home, packages);

const tasks = values.quick ? 20 : 100;
const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(`# Beside the neighbours\n\n${describeMachine()}\n- load before: ${loadNow()}\n`);
const sides = await measureSides({
  peers: [bareGit, agentx, agentxUnsafe, ...picked],
  home,
  tasks,
  rounds: values.quick ? 1 : 3,
});
print(`${renderSides(sides, tasks)}\n`);
print(`${await compareBehaviours({ peers: [agentx, ...picked], home })}\n\nLoad after: ${loadNow()}.`);
process.exitCode = holds(sides) ? 0 : 1;

/** Every task merged by exactly one launch, nothing left once it is cleaned, and not above 1.1 × what git and xargs took in the same round. */
function holds(all: readonly Side[]): boolean {
  return (all[1]?.runs ?? []).every(({ landed, launches, leftThen, wallMs }, round) => {
    const floor = floorOf(all, { tasks, round });
    const isDone = landed.size === tasks && launches === tasks && leftThen?.length === 0;
    return isDone && floor !== null && wallMs <= 1.1 * floor;
  });
}
