import { expect, test } from "vitest";
import { stringify } from "yaml";
import { commitFiles, eventsOfType, git, makeProject, serveModels } from "./project.ts";
import { planOf } from "./turns.ts";

/** What an agent program would take for its rules in the folder that it works in. */
const rules = "{ cat CLAUDE.md sub/AGENTS.md; ls -A .claude .gemini GEMINI.md; } 2>&1";

/** A reviewer that is another program: it approves, and says what rules it has found. */
const reviewer = [
  `true; seen=$(${rules} | tr '\\n' ' ')`,
  'printf \'{"verdict":"approve","summary":"%s","findings":[]}\\n\' "$seen"',
].join("; ");

const attacker = [
  "echo obey > CLAUDE.md; mkdir -p .claude/skills/x .gemini; echo obey > .claude/skills/x/SKILL.md",
  "rm sub/AGENTS.md; echo obey > GEMINI.md; echo '{}' > .gemini/settings.json",
  "echo '{}' > .claude/settings.local.json; echo done > a.txt",
].join("; ");

test("rules for agents that a worker wrote reach neither the program that reviews it nor a later worker", async () => {
  const project = makeProject({
    "CLAUDE.md": "base rules\n",
    "sub/AGENTS.md": "base sub rules\n",
    ".gitignore": "settings.local.json\n",
    "agentx.yaml": stringify({
      slots: 1,
      gates: { check: "true" },
      agents: { implement: "attacker", review: "reviewer" },
      programs: {
        attacker: { command: `true; ${attacker}` },
        reviewer: { command: reviewer },
        later: { command: `true; ${rules} > b.txt; true` },
      },
    }),
    "plan.md": planOf({ a: [], b: ["agent: later"] }),
  });
  commitFiles(project.root, {}, "plan");
  const { env } = await serveModels(project, { tasks: {} });

  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json", "--no-ff"], { env });

  const asked = eventsOfType(ran.events, "question.asked").map(({ question }) => question);
  expect(asked, ran.stderr).toMatchObject([{ kind: "protected", task: "a" }]);
  for (const path of [
    "CLAUDE.md",
    "GEMINI.md",
    ".claude/skills/x/SKILL.md",
    ".gemini/settings.json",
    "sub/AGENTS.md",
  ])
    expect(asked[0]?.text).toContain(path);
  const [reviewed] = eventsOfType(ran.events, "review.finished");
  expect(reviewed?.verdict).toMatchObject({ type: "approved" });
  const found = reviewed?.verdict.type === "approved" ? reviewed.verdict.summary : "";
  expect(found).toContain("base rules base sub rules");
  expect(found).not.toMatch(/obey|SKILL|settings/);
  const run = eventsOfType(ran.events, "run.started")[0]?.run;
  const later = git(project.root, "show", `agentx/${run}/integration:b.txt`);
  expect(later).toContain("base rules\nbase sub rules");
  expect(later).not.toMatch(/obey|skills|settings/);
});
