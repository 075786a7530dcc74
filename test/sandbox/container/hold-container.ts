/** A real program for the tests: opens a container of the image argv[2] in argv[3], runs a command in it, says so, and stays. */
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";

const [, , image = "", root = "", command = "true"] = process.argv;
const choice = { use: "podman" as const, image };
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, choice });
const spec = { root, writable: true, scratch: null, readOnly: [], env: {}, network: false as const };
const sandbox = await provider.open(spec);
await sandbox.exec({ command, timeoutMs: 30_000 });
process.stdout.write("ready\n");
setInterval(() => {}, 1_000);
