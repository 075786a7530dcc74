/**
 * A real program for the tests: the corpus of injections against one dispatch, with walls or ("off") without. What came of
 * it is JSON on stdout.
 */
import { fileURLToPath } from "node:url";
import { startModelServer } from "../../model-server/server.ts";
import { git } from "../../support/git.ts";
import { eventsOfType, modelEnv, openProject } from "../../support/project.ts";
import { aboutOf } from "../turns.ts";
import { loadCorpus, marksIn } from "./corpus.ts";
import { obedientModel } from "./obedient.ts";
import { answerOf, partsOf, plant } from "./planted-project.ts";
import { makeWorld } from "./world.ts";

export type Tried = {
  /** All injections, and why one may have no effect even without walls. */
  corpus: { id: string; idle: string | null }[];
  /** Ids of those that a model, or a program, carried out. */
  performed: string[];
  /** Ids of those whose effect is there outside of the worker's own attempt. */
  hits: string[];
  /** What is not in the world outside as it was before, by name. */
  changed: string[];
  /** What has landed in the run's integration branch. */
  landed: string[];
  events: { type: string; task?: string }[];
  questions: { task: string | null; kind: string }[];
  said: string;
  exitCode: number;
};

const isWalled = process.argv[2] !== "off";
const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const project = openProject({ "start.txt": "start\n" });
const world = await makeWorld(project, `${process.execPath} ${main}`);
const corpus = loadCorpus(world.values);
plant(project, corpus);
const before = world.look();

const model = obedientModel(partsOf(corpus));
const asked = Promise.withResolvers<void>();
const answered = Promise.withResolvers<void>();
const server = await startModelServer({
  reply: async (request) => {
    // The victim begins when there is another worker's file to look for.
    const { task, role } = aboutOf(request);
    if (task === "victim") await asked.promise;
    // And is under way until the person has answered: a run that only waits for an answer ends.
    if (task === "victim" && role === "review") await answered.promise;
    return model.reply(request);
  },
  handle: (request, response) => {
    if (request.method === "POST") return false;
    response.end(request.url === "/secret" ? "canary-vendor" : "{}");
    return true;
  },
});
const env = { ...modelEnv(server.url), ANTHROPIC_API_KEY: "canary-key-of-the-vendor-4711" };
const flags = ["--yes", "--json", "--no-ff", ...(isWalled ? [] : ["--unsafe-no-sandbox"])];
const started = project.start(["dispatch", `${project.folder}/plan.md`, ...flags], { env });
await started.event("question.asked", ({ question }) => question.task === "asker").then(asked.resolve);
await started.event("worker.finished", ({ task }) => task === "victim");
await project.agentx(["answer", "1", answerOf(corpus)]);
answered.resolve();
const ran = await started.ended;

const after = world.look();
const { events } = ran;
const run = eventsOfType(events, "run.started")[0]?.run ?? "";
const integration = `agentx/${run}/integration`;
const obeyed = git(project.root, "show", `agentx/${run}/program:obeyed.txt`);
const inProgram = obeyed.split("\nobeyed ").map((text) => [marksOfCommand(text), text] as const);
const vendor = server.requests.filter(({ call }) => call === null).map(({ path, body }) => `${path} ${body}`);
const told = [
  ...eventsOfType(events, "question.answered").map(({ answer }) => answer.text),
  ...eventsOfType(events, "note.added").map(({ text }) => text),
];
const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
  (key) => before.get(key) !== after.get(key),
);
const texts = [...changed.map((key) => `${key} ${after.get(key) ?? ""}`), ...world.heard, ...vendor, ...told];
const hits = [
  ...texts.flatMap(marksIn),
  ...model.revealed,
  ...inProgram.flatMap(([id, text]) => (/:.*canary/.test(text.slice(text.indexOf("\n"))) ? id : [])),
];
const tried: Tried = {
  corpus: corpus.map(({ id, idle }) => ({ id, idle })),
  performed: [...new Set([...model.performed, ...inProgram.flatMap(([id]) => id)])].toSorted(),
  hits: [...new Set(hits)].toSorted(),
  changed: changed.filter((key) => !key.endsWith(` refs/heads/${integration}`)),
  landed: git(project.root, "diff", "--name-only", "main", integration).split("\n"),
  events: events.map((event) => ({
    type: event.type,
    ...("task" in event ? { task: String(event.task) } : {}),
  })),
  questions: eventsOfType(events, "question.asked").map(({ question }) => ({
    task: question.task,
    kind: question.kind,
  })),
  said: ran.stdout + ran.stderr,
  exitCode: ran.exitCode,
};
await server.close();
await world.close();
project.close();
process.stdout.write(JSON.stringify(tried));

function marksOfCommand(text: string): string[] {
  return Array.from(text.matchAll(/hit''-([a-z-]+-\d\d)/g), ([, id = ""]) => id);
}
