import { parseArgs } from "node:util";
import { serveScript } from "./serve-script.ts";

/** `node test/model-server/main.ts --script X.yaml [--port N] [--key K]`: prints its URL as the first line. */
const { values } = parseArgs({
  options: { script: { type: "string" }, port: { type: "string" }, key: { type: "string" } },
});
if (values.script === undefined) throw new Error("--script <file> is needed");

const server = await serveScript(values.script, {
  port: Number(values.port ?? 0),
  ...(values.key === undefined ? {} : { key: values.key }),
});
process.stdout.write(`${server.url}\n`);
