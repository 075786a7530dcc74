import type { Peer } from "../peer.ts";

export const ralphy: Peer = {
  name: "ralphy 4.7.2",
  packages: ["ralphy-cli@4.7.2"],
  files: ({ titles, gate }) => ({
    "tasks.yaml": JSON.stringify({ tasks: titles.map((title) => ({ title, parallel_group: 1 })) }),
    ...(gate === null ? {} : { ".ralphy/config.yaml": JSON.stringify({ commands: { test: gate } }) }),
    ".gitignore": ".ralphy-*\n",
  }),
  // `--fast` leaves the tests out, which it otherwise only asks the agent to run.
  command: (_, { cap, gate }) => ({
    file: "ralphy",
    args: [
      "--yaml",
      "tasks.yaml",
      "--parallel",
      "--max-parallel",
      String(cap),
      ...(gate === null ? ["--fast"] : []),
    ],
  }),
};
