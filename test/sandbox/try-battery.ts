/** A real program for the tests: the battery, with walls or ("off") without, in the folder argv[3]; the results as JSON on stdout. */
import { runBattery } from "../../src/sandbox/battery/run-battery.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { openRelay } from "./egress/support.ts";

const [, , walls = "on", folder = ""] = process.argv;
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: walls === "off" });
await using relay = await openRelay();
/** One that refuses nothing, in the place of the wall. */
const personProxy = walls === "off" ? { HTTP_PROXY: `http://127.0.0.1:${relay.port}` } : {};
process.stdout.write(JSON.stringify(await runBattery({ provider, folder, personProxy })));
