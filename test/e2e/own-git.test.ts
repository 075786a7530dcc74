import { expect, test } from "vitest";
import { approves, eventsOfType, git, serveModels, write } from "./project.ts";
import { smallProject, subPlan } from "./small-run.ts";

const script = `tasks:
  sub:
    implement:
      - call: { tool: write, path: sub.txt, content: "sub" }
      - call: { tool: shell, command: "git add -A && git commit -qm mine && git tag evil && git branch -f main HEAD && git branch theirs && git push -q . HEAD:refs/heads/pushed && git stash list && git log --oneline | wc -l" }
      - call: { tool: finish, note: "committed" }
    review:${approves}
`;

test("a worker commits, tags and moves branches as it likes, and moves nothing of the person's", async () => {
  const project = smallProject();
  write(project.root, { "plan.md": subPlan });
  const before = git(project.root, "for-each-ref", "--format=%(refname)");
  const { server, env } = await serveModels(project, script);
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--no-ff"], { env });
  expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
  expect(server.calls().some(({ body }) => /\b2\b/.test(body) && body.includes("exit"))).toBe(true);
  const refs = git(project.root, "for-each-ref", "--format=%(refname)").split("\n");
  const run = eventsOfType(ran.events, "run.started")[0]?.run;
  expect(refs.filter((ref) => !ref.startsWith(`refs/heads/agentx/${run}/`)).join("\n")).toBe(before);
  expect(git(project.root, "log", "--format=%s", `main..agentx/${run}/integration`)).not.toContain("mine");
  expect(git(project.root, "show", `agentx/${run}/integration:sub.txt`)).toBe("sub");
});
