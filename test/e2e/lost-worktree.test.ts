import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dispatchArgs, kill, projectFor } from "./killed.ts";
import { approves, git } from "./project.ts";
import { neverAnswers, serveTwisted, subPlan } from "./small-run.ts";

test("a worktree that is deleted after a crash is made again, and the worker does over what is missing", async () => {
  const served = await serveTwisted(
    `tasks:
  sub:
    implement:
      - call: { tool: write, path: sub.txt, content: "sub\\n" }
      - call: { tool: finish, note: done }
      - call: { tool: write, path: sub.txt, content: "sub again\\n" }
      - call: { tool: finish, note: done }
    review:${approves}
`,
    neverAnswers("sub implement 2"),
  );
  const project = projectFor({ plan: subPlan });
  const started = project.start(dispatchArgs, served);
  await served.called("sub implement 2");
  await kill(project, started);
  rmSync(worktreeOn(project.root, "/sub"), { recursive: true });
  git(project.root, "worktree", "prune");

  const resumed = await project.agentx(["resume", "--json"], served);

  expect(resumed.stderr).toBe("");
  expect(resumed.exitCode).toBe(0);
  expect(project.read("sub.txt")).toBe("sub again\n");
  // Nothing was to be merged, and the worker was told so.
  expect(JSON.stringify(served.server.calls().at(-2)?.messages)).toContain("changed no file");
});

test("a conflict whose worktree is deleted after a crash still begins with both sides", async () => {
  const part = (task: string): string => `
  ${task}:
    implement:
      - calls:
          - { tool: write, path: shared.txt, content: "${task}\\n" }
          - { tool: write, path: ${task}.txt, content: "${task}\\n" }
      - call: { tool: finish, note: done }
    resolve:
      - call: { tool: write, path: shared.txt, content: "sub and mul\\n" }
      - call: { tool: finish, note: done }
    review:${approves}
`;
  // Whoever comes second resolves; its first call is never answered.
  let isFirst = true;
  const served = await serveTwisted(`tasks:${part("sub")}${part("mul")}`, ({ name }, turn) => {
    if (!name.endsWith("resolve 1") || !isFirst) return turn;
    isFirst = false;
    return { ...turn, fault: { type: "hang", afterBytes: 0 } };
  });
  const project = projectFor({
    plan: `${subPlan}- [ ] Add multiplication \`#mul\`\n`,
    files: { "shared.txt": "none\n" },
  });
  const started = project.start(dispatchArgs, served);
  await Promise.race([served.called("sub resolve 1"), served.called("mul resolve 1")]);
  const loser = served.names().at(-1)?.split(" ")[0];
  await kill(project, started);
  rmSync(worktreeOn(project.root, `/${loser}`), { recursive: true });

  const resumed = await project.agentx(["resume"], served);

  expect(resumed.exitCode).toBe(0);
  expect(["shared.txt", "sub.txt", "mul.txt"].map(project.read)).toEqual(["sub and mul\n", "sub\n", "mul\n"]);
});

/** The worktree that has the branch whose name ends like this. */
function worktreeOn(root: string, branch: string): string {
  const entries = git(root, "worktree", "list", "--porcelain").split("\n\n");
  const path = entries.find((entry) => entry.includes(`${branch}\n`) || entry.endsWith(branch));
  if (path === undefined) throw new Error(`no worktree has ${branch}`);
  return join(path.split("\n")[0]?.slice("worktree ".length) ?? "");
}
