import { apiAgent, programNames } from "../core/agent-spec.ts";
import { didYouMean } from "../core/closest.ts";
import type { Problem } from "../core/error.ts";
import { roles } from "../core/plan.ts";
import type { ConfigFile, ProgramEntry } from "./config-file.ts";
import { isSecretName } from "../core/secrets/secret-name.ts";
import { holdsSecret, looksLikeSecret } from "./secret-words.ts";
import type { YamlSource } from "./yaml-source.ts";

type Place = YamlSource["placeOf"];

/** What the schema cannot say about agents: which names there are, what excludes what, and where secrets hide. */
export function agentProblems({ agents = {}, programs = {} }: ConfigFile, source: YamlSource): Problem[] {
  const known = [apiAgent, ...programNames, ...Object.keys(programs)];
  const unknown = roles.flatMap((role) => {
    const name = agents[role];
    if (name === undefined || known.includes(name)) return [];
    const others = `There are ${known.join(", ")}; describe another under "programs".`;
    const hint = didYouMean(name, known, others);
    return [
      {
        where: source.placeOf(["agents", role]),
        what: `"agents.${role}": there is no agent "${name}"`,
        hint,
      },
    ];
  });
  const wrong = Object.entries(programs).flatMap(([name, entry]) => [
    ...kindProblems(name, entry, source.placeOf),
    ...commandProblems(name, entry, source.placeOf),
    ...webProblems(name, entry, source.placeOf),
    ...modellessProblems(name, entry, source.placeOf),
    ...envProblems(name, entry, source.placeOf),
  ]);
  return [...unknown, ...wrong];
}

function kindProblems(name: string, entry: ProgramEntry, placeOf: Place): Problem[] {
  const where = placeOf(["programs", name]);
  if (name === apiAgent) {
    const hint = `Give it another name, and name that under "agents".`;
    return [{ where, what: `"programs.api" would replace the agent that is built in`, hint }];
  }
  const kinds = (["program", "acp", "command"] as const).filter((kind) => entry[kind] !== undefined);
  if (kinds.length > 1) {
    const what = `"programs.${name}" is ${kinds.join(" and ")} at once`;
    return [{ where, what, hint: "Keep one of them." }];
  }
  if (kinds.length === 1 || programNames.some((known) => known === name)) return [];
  const hint = didYouMean(
    name,
    programNames,
    `Add one of program (${programNames.join(", ")}), acp and command.`,
  );
  return [{ where, what: `nothing says what "programs.${name}" is`, hint }];
}

/** The command as words is argv, which ends at 128 KiB; and a prompt in a shell's line is the shell's to read. */
function commandProblems(name: string, { command, acp }: ProgramEntry, placeOf: Place): Problem[] {
  const problems: Problem[] = [];
  if (command?.includes("{prompt}")) {
    problems.push({
      where: placeOf(["programs", name, "command"]),
      what: `"programs.${name}.command" wants the prompt itself, which is too long for a command line and would be read by the shell`,
      hint: `Write {prompt_file}, the path of a file that holds it: "$(cat {prompt_file})" where the program takes no file.`,
    });
  }
  if (holdsSecret([command, acp?.command, ...(acp?.args ?? [])].join(" "))) {
    const where = placeOf(["programs", name, command === undefined ? "acp" : "command"]);
    problems.push({ where, what: `the command of "programs.${name}" holds a secret`, hint: noSecrets });
  }
  return problems;
}

function webProblems(name: string, { web, credentials }: ProgramEntry, placeOf: Place): Problem[] {
  if (web === undefined || credentials !== "own") return [];
  const what = `"programs.${name}.web" says nothing with credentials: own, which give the whole network`;
  return [{ where: placeOf(["programs", name, "web"]), what, hint: "Take one of the two out." }];
}

/** What asks no model is a command, and says nothing of models and networks. */
function modellessProblems(name: string, entry: ProgramEntry, placeOf: Place): Problem[] {
  if (entry.credentials !== "none") return [];
  if (entry.command === undefined) {
    const where = placeOf(["programs", name, "credentials"]);
    const what = `"programs.${name}" has credentials: none, which is for a command: other agents ask a model`;
    return [{ where, what, hint: "Take gateway (your key, by way of agentx) or own (its own login)." }];
  }
  return (["model", "network", "web"] as const).flatMap((key) => {
    if (entry[key] === undefined) return [];
    const what = `"programs.${name}.${key}" says nothing with credentials: none, which asks no model and has no network`;
    return [{ where: placeOf(["programs", name, key]), what, hint: "Take one of the two out." }];
  });
}

function envProblems(name: string, { env = {} }: ProgramEntry, placeOf: Place): Problem[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    if (!isSecretName(variable) && !looksLikeSecret(value)) return [];
    const what = `"programs.${name}.env.${variable}" looks like a secret`;
    return [{ where: placeOf(["programs", name, "env", variable]), what, hint: noSecrets }];
  });
}

const noSecrets =
  "A worker never holds one: leave it out and set the key in your shell, where the gateway takes it from, or use credentials: own.";
