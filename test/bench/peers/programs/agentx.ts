import { builtProgram } from "../../built-program.ts";
import type { Peer } from "../peer.ts";

/** With its sandboxes, and with a reviewer that approves at once: who compares would not want a review left out. */
export const agentx: Peer = {
  name: "agentx",
  packages: [],
  files: ({ titles, cap, gate }) => ({
    "agentx.yaml": JSON.stringify({
      slots: cap,
      agents: { implement: "standin", review: "approver" },
      programs: {
        standin: { command: "sh tools/agent.sh {prompt_file}", credentials: "none" },
        approver: { command: `echo '${approval}'`, credentials: "none" },
      },
      ...(gate === null ? {} : { gates: { test: gate } }),
    }),
    "plan.md": `# Bench\n\n## Tasks\n\n${titles.map((title, at) => `- [ ] ${title} \`#task-${at + 1}\``).join("\n")}\n`,
  }),
  command: (_, { gate }) => ({
    file: builtProgram,
    args: ["dispatch", "plan.md", "--yes", "--json", ...(gate === null ? ["--no-gates"] : [])],
  }),
  clean: { file: builtProgram, args: ["clean"] },
  launches: (stdout) => stdout.split("\n").filter((line) => line.includes('"type":"attempt.started"')).length,
};

/** As the others work: whatever an agent does, it may. */
export const agentxUnsafe: Peer = {
  ...agentx,
  name: "agentx --unsafe-no-sandbox",
  command: (world, work) => {
    const { file, args } = agentx.command(world, work);
    return { file, args: [...args, "--unsafe-no-sandbox"] };
  },
};

const approval = JSON.stringify({ verdict: "approve", summary: "as it was wanted", findings: [] });
