import type { Sandbox } from "../sandbox.ts";
import { helpedFiles, type HelpedFilesOptions } from "./helped-files.ts";

type Options = HelpedFilesOptions & {
  /** HOME inside. */
  home: string;
};

/** A sandbox that is opened when something is first to run in it, or to be searched; many a worker only reads and writes files. */
export function lateSandbox({ home, ...options }: Options): Sandbox {
  const { inside, readFile, writeFile, list, search, close } = helpedFiles(options);
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
    close,
    [Symbol.asyncDispose]: close,
  };
}
