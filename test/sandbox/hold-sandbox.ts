/** A real program for the tests: opens a sandbox in argv[2], that is mostly for what argv[4] says, starts a stubborn daemon in it, says so, and stays. */
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";

const [, , root = "", command = "true", mostly] = process.argv;
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false });
const spec = { root, writable: true, scratch: null, readOnly: [], env: {}, network: false as const };
const sandbox = await provider.open({ ...spec, mostly: mostly === "files" ? mostly : null });
const { output } = await sandbox.exec({ command, timeoutMs: 10_000 });
process.stdout.write(`${output}ready\n`);
setInterval(() => {}, 1_000);
