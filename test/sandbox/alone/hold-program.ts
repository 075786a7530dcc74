/** Starts a program alone in its sandbox, and waits for its end. Usage: hold-program.ts ROOT SCRIPT */
import { specFor, walled } from "../support.ts";

const [, , root = "", script = ""] = process.argv;
const sandbox = await (await walled()).open(specFor(root, { mostly: "programs" }));
const nothing = (): void => {};
await sandbox.spawn({ file: "/bin/sh", args: ["-c", script], env: {}, onStdout: nothing, onStderr: nothing })
  .ended;
