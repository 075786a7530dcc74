import { stringify } from "yaml";
import { commitFiles, write } from "../support/git.ts";
import { openProject, type Project } from "../support/project.ts";
import { approval, asks, finishes, planOf, rejection, writes } from "../e2e/turns.ts";

/**
 * Three tasks at once: one asks, is sent back by the review, and meets a conflict at the end; one is red at first; one is
 * done by a command in the sandbox. What lands is the same in whichever order they come. No worker uses the shell: of a
 * command that a crash broke off nobody knows whether it ran, so the worker is asked to look, which a script cannot.
 */
const tasks = {
  left: {
    implement: [
      asks("Which side?", { options: ["left", "right"] }),
      writes({ "shared.txt": "lft\n" }),
      finishes(),
      writes({ "shared.txt": "left\n", "left.txt": "left\n" }),
      finishes(),
    ],
    resolve: [writes({ "shared.txt": "left and right\n" }), finishes()],
    "review@1": [rejection({ file: "shared.txt", quote: "lft", title: "a letter is missing" })],
    review: [approval],
  },
  right: {
    implement: [
      writes({ "shared.txt": "right\n", "right.txt": "rihgt\n" }),
      finishes(),
      writes({ "right.txt": "right\n" }),
      finishes(),
    ],
    resolve: [writes({ "shared.txt": "left and right\n" }), finishes()],
    review: [approval],
  },
  guest: { review: [approval] },
};

/** One for each task. */
export const slots = 3;

const config = {
  slots,
  gates: { check: "! grep -s rihgt *.txt" },
  models: Object.fromEntries(
    ["plan", "research", "implement", "review", "resolve"].map((role) => [role, "scripted/../script.yaml"]),
  ),
  // Never called: a command has a door whether it uses it or not.
  programs: { hand: { command: "echo guest > guest.txt", model: "anthropic/claude-opus-5-5" } },
};

export function sweepProject(): Project {
  const project = openProject({ "readme.md": "hello\n", "agentx.yaml": stringify(config) });
  write(project.folder, { "script.yaml": JSON.stringify({ tasks }) });
  const plan = planOf({ left: [], right: [], guest: ["agent: hand"] });
  commitFiles(project.root, { "plan.md": plan }, "plan");
  return project;
}

export const sweepEnv: Record<string, string> = { ANTHROPIC_API_KEY: "test-key" };
