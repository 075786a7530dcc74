import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Peer } from "../peer.ts";

const driver = fileURLToPath(new URL("../../../fixtures/bench/sandcastle.mjs", import.meta.url));

/** A library: the loop around it and the merges of its branches are the caller's, and so ours here. */
export const sandcastle: Peer = {
  name: "sandcastle 0.12.0",
  packages: ["@ai-hero/sandcastle@0.12.0"],
  files: ({ titles }) => ({ "titles.json": JSON.stringify(titles), ".gitignore": ".sandcastle\n" }),
  command: (world, { cap }) => ({ file: process.execPath, args: [driver, world.root, String(cap)] }),
};
