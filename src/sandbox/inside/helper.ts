/**
 * The helper that lives in a sandbox as long as the sandbox does. It reads requests from stdin and answers on stdout
 * (see protocol.ts), and ends when stdin ends. Only Node and siblings of this file are imported: nothing else exists inside.
 * It is started with an empty environment; what commands get comes with the first message.
 */
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { runCommand, type Surroundings } from "./exec.ts";
import { fillCodeCache, parts } from "./parts.ts";
import { endedByKernel } from "./oom.ts";
import type { WriterEnder } from "./end-writers.ts";
import type { Program } from "./spawn.ts";
import { splitLines } from "./json-lines.ts";
import { OutputPipes } from "./output-pipes.ts";
import { killGroup } from "./process-group.ts";
import {
  doorVariable,
  maxRequestBytes,
  type Call,
  type Reply,
  type Request,
  type StartMessage,
} from "./protocol.ts";

// process.stdout writes synchronously and would block this loop while the reader is slow; a socket has backpressure.
const out = new Socket({ fd: 1, readable: false, writable: true });
out.on("error", shutDown);
out.setMaxListeners(0);

const around: Surroundings = { root: "/", env: {}, pipes: new OutputPipes(), groups: new Set() };
const running = new Map<number, AbortController>();
/** How many processes were ended, each for its reason; what ends them is loaded where it is needed. */
const endedBy = { memory: () => 0, disk: () => 0 };
const programs = new Map<number, Promise<Program>>();
let writers: WriterEnder | null = null;
/** Holds the program `agentx` outside of a sandbox that would end with everything in it. */
let temporaryBin: string | null = null;

/** Null when more may be sent at once, otherwise a promise for when it may. */
function send(reply: Reply): Promise<void> | null {
  if (out.write(`${JSON.stringify(reply)}\n`)) return null;
  return new Promise((resolve) => out.once("drain", resolve));
}

function shutDown(): void {
  for (const group of around.groups) killGroup(group, "SIGKILL");
  around.pipes.remove();
  if (temporaryBin !== null) rmSync(temporaryBin, { recursive: true, force: true });
  process.exit(0);
}

async function exec(id: number, call: Extract<Call, { type: "exec" }>): Promise<unknown> {
  const controller = new AbortController();
  running.set(id, controller);
  const onText = call.tell === "text" ? (text: string) => send({ type: "output", id, text }) : null;
  const onSign = call.tell === "signs" ? () => void send({ type: "sign", id }) : null;
  try {
    const before = { memory: endedForMemory(), disk: endedBy.disk() };
    const value = await runCommand({ ...call, onText, onSign, signal: controller.signal }, around);
    return {
      ...value,
      overMemory: endedForMemory() - before.memory,
      overDisk: endedBy.disk() - before.disk,
    };
  } finally {
    running.delete(id);
  }
}

function endedForMemory(): number {
  return endedBy.memory() + endedByKernel();
}

async function runProgram(id: number, call: Extract<Call, { type: "spawn" }>): Promise<unknown> {
  const controller = new AbortController();
  const program = parts.spawn().then(({ startProgram }) =>
    startProgram(
      {
        ...call,
        onStdout: (text) => send({ type: "output", id, text }),
        onStderr: (text) => send({ type: "errorOutput", id, text }),
        signal: controller.signal,
      },
      around,
    ),
  );
  running.set(id, controller);
  programs.set(id, program);
  try {
    return await (
      await program
    ).ended;
  } finally {
    running.delete(id);
    programs.delete(id);
  }
}

async function feed(id: number, text: string | null): Promise<void> {
  const program = await programs.get(id);
  if (text === null) {
    program?.endInput();
    return;
  }
  // What cannot be written is lost with the program, whose end is told in its own answer.
  await program?.write(text).catch(() => {});
  void send({ type: "took", id });
}

async function start({ root, env, door, egress, memory }: StartMessage): Promise<void> {
  // Loaded beside, so that nobody waits for it.
  if (memory !== null) void watchMemory(memory);
  around.root = root;
  around.env = egress === null ? env : { ...env, ...(await (await parts.egress()).openEgress(egress)) };
  void around.pipes.prepare().catch(() => {});
  if (door === null) return void send({ type: "ready", door: null });
  const { url, bin } = await (await parts.door()).openDoor(door);
  if (door.bin === null) temporaryBin = bin;
  around.env = { ...around.env, PATH: `${bin}:${env["PATH"] ?? ""}`, [doorVariable]: url };
  void send({ type: "ready", door: url });
}

async function watchMemory(limitBytes: number): Promise<void> {
  const [{ MemoryWatch }, { processesHere }] = await Promise.all([parts.memory(), parts.processes()]);
  const watch = new MemoryWatch(limitBytes, processesHere);
  endedBy.memory = () => watch.ended;
}

async function endWritersOf({ which }: Extract<Call, { type: "endWriters" }>): Promise<number> {
  const { WriterEnder } = await parts.writers();
  const { processesHere } = await parts.processes();
  const ender = (writers ??= new WriterEnder(processesHere));
  endedBy.disk = () => ender.ended;
  return ender.endWriters(which, around.groups);
}

async function answer(id: number, call: Call): Promise<unknown> {
  switch (call.type) {
    case "exec":
      return exec(id, call);
    case "spawn":
      return runProgram(id, call);
    case "readFile":
      return (await parts.files()).readText(around.root, call);
    case "writeFile":
      return (await parts.files()).writeText(around.root, call.path, call.text);
    case "list":
      return (await parts.walk()).listFolder(around.root, call);
    case "search":
      return (await parts.search()).searchFiles({ root: around.root, ...call });
    case "endWriters":
      return endWritersOf(call);
    case "fillCodeCache":
      return fillCodeCache();
  }
}

async function handle(message: Request | StartMessage): Promise<void> {
  if (message.type === "start") {
    // Without its door it is not the sandbox that was asked for: the error ends the helper, and says why.
    await start(message);
  } else if (message.type === "input") {
    await feed(message.id, message.text);
  } else if (message.type === "cancel") {
    running.get(message.id)?.abort();
  } else {
    const { id } = message;
    try {
      const value = (await answer(id, message)) ?? null;
      void send({ type: "done", id, value });
    } catch (error) {
      const { describeFailure } = await parts.files();
      const { code, message: text } = describeFailure(error, "path" in message ? message.path : "");
      void send({ type: "failed", id, code, message: text });
    }
  }
}

process.stdin.on(
  "data",
  // The dispatcher writes this stream, so its lines are what they claim to be.
  splitLines(maxRequestBytes, (line) => void handle(JSON.parse(line) as Request | StartMessage)),
);
process.stdin.on("end", shutDown);
process.stdin.on("error", shutDown);
