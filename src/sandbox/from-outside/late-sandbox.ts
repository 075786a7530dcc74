import { takeTurn } from "../../sys/take-turn.ts";
import type { Sandbox, SandboxSpec } from "../sandbox.ts";
import type { ExpectedNeed } from "./expected-need.ts";
import { helpedFiles, type HelpedFilesOptions } from "./helped-files.ts";

type Options = HelpedFilesOptions & {
  spec: Pick<SandboxSpec, "writable">;
  /** HOME inside. */
  home: string;
  expected: ExpectedNeed;
};

/**
 * A sandbox that is opened when something is first to run in it, or to be searched; many a worker only reads and writes files. Where most of
 * those before were opened, it is opened while the model is asked.
 */
export function lateSandbox({ home, expected, ...options }: Options): Sandbox {
  const { writable } = options.spec;
  const { inside, openAhead, wasNeeded, readFile, writeFile, list, search, close } = helpedFiles(options);
  let ending: Promise<void> | null = null;
  // In a turn of its own, so that the requests of other workers get theirs in between.
  if (expected.of(writable)) void takeTurn().then(openAhead);
  const end = (): Promise<void> => {
    if (ending === null) expected.note(writable, wasNeeded());
    return (ending ??= close());
  };
  return {
    home,
    readFile,
    writeFile,
    list,
    search,
    exec: async (request) => (await inside()).exec(request),
    spawn: () => {
      throw new Error("who starts programs needs an open sandbox");
    },
    openDoor: async () => (await inside()).openDoor(),
    close: end,
    [Symbol.asyncDispose]: end,
  };
}
