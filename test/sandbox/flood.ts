/**
 * A real program for the tests: has commands flood their output in a sandbox of argv[2], and prints what was kept of it and the
 * most memory that this process had. argv[3] is how many MB each of them writes.
 */
import { join } from "node:path";
import { splitLines } from "../../src/agents/guest/split-lines.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";

const [, , root = "", megabytes = "50"] = process.argv;
const bytes = Number(megabytes) * 1_000_000;
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false });
await using sandbox = await provider.open({
  root,
  writable: true,
  scratch: null,
  readOnly: [],
  env: {},
  network: false,
});
const commands = {
  lines: `yes 'src/a.ts:1 error' | head -c ${bytes}`,
  "one line": `head -c ${bytes} /dev/zero | tr '\\0' a`,
  binary: `head -c ${bytes} /dev/urandom`,
};
const kept: Record<string, { totalBytes: number; keptBytes: number }> = {};
for (const [name, command] of Object.entries(commands)) {
  // As a gate has it: shown as it comes, and the whole of it in a log.
  const log = join(root, "flood.log");
  const { output, totalBytes } = await sandbox.exec({ command, timeoutMs: 600_000, onOutput: () => {}, log });
  kept[name] = { totalBytes, keptBytes: Buffer.byteLength(output) };
}
// As a guest's stream is read.
const seen = { lines: 0, dropped: 0 };
const lines = splitLines(
  () => (seen.lines += 1),
  () => (seen.dropped += 1),
);
const guest = sandbox.spawn({
  file: "sh",
  args: ["-c", `${commands["one line"]}; echo; echo '{"type":"result"}'`],
  env: {},
  onStdout: lines.push,
  onStderr: () => {},
});
await guest.ended;
lines.flush();
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ kept, guest: seen, rssMb })}\n`);
