import type { Peer } from "../peer.ts";

/** No program at all: worktrees, the agent, merges. What it takes is the floor. */
export const bareGit: Peer = {
  name: "git and xargs",
  packages: [],
  files: ({ titles }) => ({
    "titles.txt": titles.map((title) => `${title}\n`).join(""),
    "tools/one.sh": one,
  }),
  command: (_, { cap }) => ({ file: "sh", args: ["-c", all, "sh", String(cap)] }),
};

/** Of two worktrees that are added at one moment git may refuse one, which is tried again. */
const one = `#!/bin/sh
set -e
add() { git worktree add --quiet --no-track -B "task/$1" "../trees/$1" main; }
add "$1" 2>/dev/null || add "$1" 2>/dev/null || add "$1"
cd "../trees/$1"
"../../repo/tools/agent.sh" "$2" </dev/null >/dev/null
`;

const all = `
set -e
number=0
while read -r title; do number=$((number + 1)); printf '%s\\0%s\\0' "$number" "$title"; done <titles.txt |
  xargs -0 -n 2 -P "$1" sh tools/one.sh
for branch in $(git for-each-ref --format='%(refname:short)' refs/heads/task); do git merge --quiet --no-edit "$branch"; done
`;
