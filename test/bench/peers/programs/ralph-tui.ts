import type { Peer } from "../peer.ts";

export const ralphTui: Peer = {
  name: "ralph-tui 0.11.0",
  packages: ["ralph-tui@0.11.0", "bun@1.4.5"],
  files: ({ titles }) => ({
    "prd.json": JSON.stringify({
      name: "bench",
      branchName: "main",
      description: "Bench",
      userStories: titles.map((title, at) => ({
        id: `US-${String(at + 1).padStart(3, "0")}`,
        title,
        description: title,
        acceptanceCriteria: ["It is done."],
        priority: 1,
        passes: false,
        dependsOn: [],
      })),
    }),
    // Without it, side by side is refused.
    ".ralph-tui/config.toml": "autoCommit = true\n",
    ".gitignore": ".ralph-tui\n",
  }),
  command: (_, { cap }) => ({
    file: "ralph-tui",
    args: `run --prd prd.json --agent claude --headless --no-setup --parallel ${cap} --direct-merge --iterations 0`.split(
      " ",
    ),
  }),
};
