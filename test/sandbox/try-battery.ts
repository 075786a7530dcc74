/** A real program for the tests: the battery, with walls or ("off") without, in the folder argv[3]; the results as JSON on stdout. */
import { runBattery } from "../../src/sandbox/battery/run-battery.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";

const [, , walls = "on", folder = ""] = process.argv;
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: walls === "off" });
process.stdout.write(JSON.stringify(await runBattery({ provider, folder })));
