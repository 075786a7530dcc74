/**
 * A real program for the tests: has commands flood their output in a sandbox of argv[2], and prints what was kept of it and the
 * most memory that this process had. argv[3] is how many MB of lines they write, argv[4] how many on one line or of bytes that
 * are no text.
 */
import { join } from "node:path";
import { splitLines } from "../../src/agents/guest/split-lines.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";

const [, , root = "", linesMb, restMb] = process.argv;
const [lineBytes, restBytes] = [Number(linesMb) * 1_000_000, Number(restMb) * 1_000_000];
const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false });
const spec = { root, writable: true, scratch: null, readOnly: [], env: {}, network: false as const };
await using sandbox = await provider.open(spec);
/** With a resident shell, where there can be one. */
await using workers = await provider.open({ ...spec, mostly: "files" });
const lines = `yes 'src/a.ts:1 error' | head -c ${lineBytes}`;
const oneLine = `head -c ${restBytes} /dev/zero | tr '\\0' a`;
const noText = `head -c ${restBytes} /dev/urandom`;
// As a gate has it: shown as it comes, and the whole of it in a log.
const asGate = { onOutput: () => {}, log: join(root, "flood.log") };

type Kept = { totalBytes: number; keptBytes: number };
async function keptOf(command: string, as: Partial<typeof asGate>): Promise<Kept> {
  const where = as === asGate ? sandbox : workers;
  const { output, totalBytes } = await where.exec({ command, timeoutMs: 600_000, ...as });
  return { totalBytes, keptBytes: Buffer.byteLength(output) };
}
const kept = {
  "a worker's lines": await keptOf(lines, {}),
  "a gate's lines": await keptOf(lines, asGate),
  "a gate's one line": await keptOf(oneLine, asGate),
  "a gate's bytes": await keptOf(noText, asGate),
};

// As a guest's stream is read.
const guest = { lines: 0, dropped: 0 };
const reader = splitLines(
  () => (guest.lines += 1),
  () => (guest.dropped += 1),
);
const spawned = sandbox.spawn({
  file: "sh",
  args: ["-c", `${lines}; ${oneLine}; echo; echo '{"type":"result"}'`],
  env: {},
  onStdout: reader.push,
  onStderr: () => {},
});
await spawned.ended;
reader.flush();
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ kept, guest, rssMb })}\n`);
