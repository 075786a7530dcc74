import { firstUsefulLine } from "../core/first-useful-line.ts";
import type { EventOf, RunEvent } from "../core/event.ts";
import { type RunState, integrationBranch, uncountedAgents } from "../core/run-state.ts";
import { describeCounts, describeDelivery, leftOver, nextSteps, ongoing } from "./describe-run.ts";
import { describeGate } from "./describe-verdict.ts";
import { formatElapsed, formatRunSpend, isScripted, shortCommit } from "./format.ts";
import { mdCode, mdList, mdTable, mdText } from "./markdown.ts";
import { renderSpendSection } from "./run-report-spend.ts";
import { renderTaskSections } from "./run-report-tasks.ts";
import { describeTask } from "./task-words.ts";

export type RunReport = { events: readonly RunEvent[]; state: RunState };

/** The whole run as markdown, for `.agentx/runs/<id>/report.md`: what landed, what each judge said, what it cost, what is left. */
export function renderRunReport(report: RunReport): string {
  const { state } = report;
  const sections = [
    `# ${mdText(state.plan.title)}`,
    renderNotices(state),
    renderHead(report),
    section("Merged", renderMerged(state)),
    section("Left", renderLeft(state)),
    section(
      "How to go on",
      mdList(nextSteps(ongoing(state)).map(({ command, why }) => `${mdCode(command)}: ${mdText(why)}`)),
    ),
    section("Gates and reviews", renderTaskSections(report)),
    section("Questions", renderQuestions(report)),
    section("Spend", renderSpendSection(report)),
    section("Baseline", renderBaseline(state)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

/** A heading with nothing below it says nothing, so it is left out. */
function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function renderNotices(state: RunState): string {
  const notices: string[] = [];
  if (isScripted(state))
    notices.push(
      "> **Scripted:** every model in this run was played from a script. No model was called and nothing was paid.",
    );
  if (state.settings.unsafeNoSandbox)
    notices.push(
      "> **No sandbox:** commands that models chose ran with the rights of the person who started the run.",
    );
  return notices.join("\n\n");
}

function renderHead({ events, state }: RunReport): string {
  const first = events[0]?.at ?? 0;
  const last = events.at(-1)?.at ?? first;
  const from = state.base.branch === null ? "a detached HEAD" : mdCode(state.base.branch);
  const facts = [
    `Run ${mdCode(state.run)} of ${mdCode(state.plan.source.file)}: ${mdText(describeCounts(state))}`,
    `From ${new Date(first).toISOString()} to ${new Date(last).toISOString()} (${formatElapsed(last - first)})`,
    `From ${from} at ${mdCode(shortCommit(state.base.commit))}, onto ${mdCode(integrationBranch(state.run))}`,
    `Spend: ${mdText(formatRunSpend(state))}`,
    ...describeAgents(state),
  ];
  if (state.delivery !== null) facts.push(`Delivery: ${mdText(describeDelivery(state.delivery))}`);
  const pullRequest = events.findLast((event) => event.type === "run.delivered")?.pullRequest ?? null;
  if (pullRequest !== null) facts.push(`Pull request: ${mdText(pullRequest)}`);
  return mdList(facts);
}

/** Whose login each agent used decides who paid, and whether the counts are agentx's own or the program's word. */
function describeAgents(state: RunState): string[] {
  const uncounted = uncountedAgents(state);
  const said = [...state.agents].map(([name, credentials]) => {
    const login = uncounted.includes(name) ? "its own login; it reported no usage" : logins[credentials];
    return `${mdCode(name)} (${login})`;
  });
  return said.length === 0 ? [] : [`Agents: ${said.join(", ")}`];
}

const logins = {
  gateway: "keys and counts by agentx",
  own: "its own login; its usage is what it reported itself",
  none: "asks no model",
} as const;

function renderMerged({ tasks }: RunState): string {
  const rows = [...tasks.values()].flatMap(({ task, state, attempts, note }) => {
    if (state.type !== "merged" && state.type !== "done") return [];
    const commit = state.type === "merged" ? mdCode(shortCommit(state.commit)) : "nothing to merge";
    return [[mdCode(task.id), mdText(task.title), commit, String(attempts), mdText(note)]];
  });
  return mdTable(["task", "title", "commit", "attempts", "the worker's note"], rows);
}

function renderLeft(run: RunState): string {
  const rows = [...leftOver(run).values()].map((record) => {
    const { task, state, attempts } = record;
    return [
      mdCode(task.id),
      mdText(task.title),
      state.type,
      String(attempts),
      mdText(describeTask(record, run)),
    ];
  });
  return mdTable(["task", "title", "state", "attempts", "why"], rows);
}

function renderQuestions({ events, state }: RunReport): string {
  const answers = new Map(
    events.flatMap((event) => (event.type === "question.answered" ? [answerOf(event)] : [])),
  );
  const items = [...state.questions.values()].map(({ question, answer }) => {
    const about = question.task === null ? "the run" : mdCode(question.task);
    const said =
      answers.get(question.id) ?? (answer === null ? "*not answered*" : `*closed:* ${mdText(answer)}`);
    const options = question.options.length === 0 ? "" : ` (${question.options.map(mdText).join(" · ")})`;
    return `**${question.id}**, about ${about}: ${mdText(question.text)}${options}\n  - ${said}`;
  });
  return mdList(items);
}

function answerOf({ answer }: EventOf<"question.answered">): [number, string] {
  const by = answer.by === "default" ? "the default, because nobody was asked" : "the person";
  return [answer.question, `${mdText(answer.text)} (${by})`];
}

function renderBaseline({ baseline }: RunState): string {
  return mdList(
    baseline.map((verdict) => {
      const line = firstUsefulLine(verdict);
      return mdText(describeGate(verdict)) + (line === "" ? "" : `: ${mdCode(line)}`);
    }),
  );
}
