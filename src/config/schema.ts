import { z } from "zod";

import type { ConfigFile } from "./config-file.ts";
import { sandboxNames } from "../core/run-settings.ts";
import { agent, agentName, program } from "./agent-fields.ts";
import {
  atLeastOne,
  countOrNull,
  dollars,
  duration,
  flag,
  gate,
  globs,
  image,
  memoryOrNull,
  minutes,
  models,
  name,
  oneOf,
  port,
  provider,
  readOnlyPaths,
  setup,
  sizeOrNull,
} from "./fields.ts";

/** What agentx.yaml may say. Every key is optional; docs/config.md has the defaults. */
export const configSchema: z.ZodType<ConfigFile> = optionalKeys({
  agents: optionalKeys({
    plan: agent("Turns the PRD into tasks."),
    research: agent("Finds things out; changes nothing."),
    implement: agent("Writes the code."),
    review: agent("Judges the result."),
    resolve: agent("Settles merge conflicts."),
  }).describe(
    "Who does a role's work: api (built in), claude, codex, gemini, opencode, pi, or a name of `programs`.",
  ),
  programs: z
    .record(agentName(), program(), { error: "must be a mapping of names to programs" })
    .describe("Further agents, or other settings for a known one."),
  models: optionalKeys({
    plan: models("Turns the PRD into tasks."),
    research: models("Finds things out; changes nothing."),
    implement: models("Writes the code."),
    review: models("Judges the result; best another vendor's model than the implementer's."),
    resolve: models("Settles merge conflicts."),
  }).describe("Who does what: a role's model, or several in order of preference."),
  providers: z
    .record(z.string(), provider(), { error: "must be a mapping of names to providers" })
    .describe("Where models are, besides Anthropic, OpenAI and Google."),
  gates: z
    .record(name(), gate(), {
      error: "must be a mapping of names to commands",
    })
    .describe(
      "Commands that must succeed before anything is merged, in this order. Replaces what is detected.",
    ),
  setup: setup("Installs the dependencies into a fresh checkout; false for nothing."),
  slots: atLeastOne("Workers at the same time."),
  gateSlots: atLeastOne("Gate checkouts at the same time."),
  maxAttempts: atLeastOne("Tries at a task before you are asked."),
  budget: optionalKeys({
    run: dollars("US dollars that a run may spend before you are asked; null for no limit."),
    task: dollars("US dollars that one attempt may spend; null for no limit."),
  }).describe("What may be spent."),
  limits: optionalKeys({
    turns: atLeastOne("Model calls."),
    tokens: countOrNull("Tokens, cached ones included; null for no limit."),
    minutes: minutes("Time."),
    stall: duration("No sign of life for this long ends the attempt."),
  }).describe("What one attempt may use up."),
  ports: optionalKeys({
    base: port("First port of the first worktree."),
    perWorktree: atLeastOne("How many ports each worktree gets."),
  }).describe("Ports for the servers that workers and gates start."),
  sandbox: optionalKeys({
    use: oneOf(
      sandboxNames,
      "What the walls are made of: bubblewrap (Linux), sandbox-runtime (macOS), or a container by docker or podman. What the system has when it is left out.",
    ),
    image: image("Image of the containers, for docker and podman. It brings the tools, and is never pulled."),
    readOnly: readOnlyPaths("Folders outside the repository that sandboxed commands may read."),
    limits: optionalKeys({
      memory: memoryOrNull("Memory, with the folders that lie in it; null for no limit."),
      processes: countOrNull("Processes and threads at the same time; null for no limit."),
      file: sizeOrNull("Size of one file; null for no limit."),
      openFiles: countOrNull("Open files of one process; null for no limit."),
      disk: sizeOrNull(
        "Everything in the folders that it may write, the worktree included, a file counting for at least 16 KiB; null for no limit.",
      ),
      diskFree: sizeOrNull("What has to stay free on the disk of those folders; null for nothing."),
    }).describe("What everything in one sandbox may use up."),
  }).describe("What the commands of workers and gates may reach and use up."),
  protect: oneOf(
    ["ask", "review"],
    "Who lets through a change of protected files, or one that weakens tests: you (ask), or the reviewer alone (review).",
  ),
  secrets: optionalKeys({
    allow: globs("Files in which a worker may add what looks like a secret, such as test fixtures."),
  }).describe("What keeps secrets out of the result."),
  deliver: optionalKeys({
    fastForward: flag("Move your branch to the result when it is clean and has not moved."),
    pullRequest: flag("Open a pull request with the result."),
  }).describe("What happens with the result."),
});

function optionalKeys<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, { error: "must be a mapping of keys" }).partial();
}
