import { closeSync } from "node:fs";
import { Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import { startsElsewhere } from "../../sys/processes/start-process.ts";
import { type OpenPipe, readerOf } from "../inside/output-pipes.ts";
import { ReadyPipes } from "../ready-pipes.ts";
import type { CoveredChild } from "../spawn-covered.ts";

/** The ends here of a helper's pipes. */
export type HelperStreams = { stdin: Writable; stdout: Readable; stderr: Readable };

/** Pipes that are there before their helper. `release` gives up the ends `fds`, once the helper has them. */
export type HelperPipes = HelperStreams & { fds: readonly [number, number, number]; release: () => void };

const pipes = new ReadyPipes();

/** Of a helper that has made its own. */
export function streamsOf({
  streams: [stdin, stdout, stderr],
}: Pick<CoveredChild, "streams">): HelperStreams {
  if (stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable)
    return { stdin, stdout, stderr };
  throw new Error("a child without its pipes");
}

/** Null where the process that is started makes its own, which takes less. */
export async function takeHelperPipes(): Promise<HelperPipes | null> {
  if (!startsElsewhere()) return null;
  return pipesOf(await pipes.takeAll<ThreePipes>(3));
}

/** For stdin, stdout and stderr. */
export type ThreePipes = [OpenPipe, OpenPipe, OpenPipe];

export function pipesOf([input, output, errors]: ThreePipes): HelperPipes {
  const fds = [input.readFd, output.writeFd, errors.writeFd] as const;
  return {
    stdin: new Socket({ fd: input.writeFd, readable: false, writable: true }),
    stdout: readerOf(output.readFd),
    stderr: readerOf(errors.readFd),
    fds,
    release: () => {
      for (const fd of fds) closeSync(fd);
    },
  };
}
