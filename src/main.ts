#!/usr/bin/env node
// The composition root. Nothing is imported before the version of Node is known: an old one could not even parse the rest.
import process from "node:process";

const oldestNode = 24;
/** Once what a start takes is loaded, and before anybody loses patience. */
const compiledKeptMs = 3000;

/** Of a checkout. What is installed has a cache of its own: see `load-program.cts`. */
async function keepCompiled(): Promise<void> {
  const { enableCompileCache, flushCompileCache } = await import("node:module");
  enableCompileCache();
  // Node itself keeps what was compiled at the end: who is killed, or works for hours, would leave nothing to the next one.
  setTimeout(flushCompileCache, compiledKeptMs).unref();
}

type Listener = () => void;

/**
 * A reader that went away (`| head`) is no reason to fall over: whoever listens may stop in order, the rest is not written.
 * The signal SIGPIPE is not listened to: it comes from every pipe, also from that of a program which ended on its own.
 * @returns what listens
 */
function bearClosedPipes(): (listener: Listener) => Listener {
  const listeners = new Set<Listener>();
  let isSaid = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (isSaid) return;
      isSaid = true;
      for (const listener of listeners) listener();
    });
  }
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

async function main(): Promise<number> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < oldestNode) {
    process.stderr.write(
      `agentx needs Node ${oldestNode} or newer; this is Node ${process.versions.node} (${process.execPath}). Install one from nodejs.org or with your version manager\n`,
    );
    return 2;
  }
  if (import.meta.filename.endsWith(".ts")) await keepCompiled();
  const onReaderGone = bearClosedPipes();
  const { runCli } = await import("./cli/run-cli.ts");
  return runCli({
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    onSignal: (signal: NodeJS.Signals, listener: () => void) => {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
    onReaderGone,
  });
}

// A full pipe must be drained before the end: exitCode lets it, process.exit would cut it.
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(
      `agentx failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(70);
  },
);
