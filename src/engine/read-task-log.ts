import type { RunEvent } from "../core/event.ts";
import { openJournal } from "../journal/journal.ts";
import type { Message } from "../models/model.ts";
import { findTask, loadRun } from "./load-run.ts";

/** A message of a worker's conversation, as plain data. */
export type TranscriptMessage = { role: string; text: string; calls: string[] };

export type TaskHistory = { events: RunEvent[]; transcript: TranscriptMessage[] };

/** What happened to a task and what was said about it. @throws AgentxError NO_RUNS, UNKNOWN_RUN, UNKNOWN_TASK */
export function readTaskLog(
  folder: string,
  { run, task }: { run: string | null; task: string },
): TaskHistory {
  using journal = openJournal({ folder, readOnly: true });
  const { events, state } = loadRun(journal, run);
  findTask(state, task);
  const entries = journal.transcript<Message>({ run: state.run, task });
  // Nearly every task has one conversation; numbering it would only puzzle.
  const isNumbered = entries.some(({ thread }) => thread > 1);
  const transcript = entries.flatMap(({ thread, message }) =>
    plainMessages(message).map((plain) => ({
      ...plain,
      role: isNumbered ? `${plain.role} (thread ${thread})` : plain.role,
    })),
  );
  return { events, transcript };
}

function plainMessages(message: Message): TranscriptMessage[] {
  switch (message.role) {
    case "user":
      return [{ role: "agentx", text: message.text, calls: [] }];
    case "assistant": {
      const role = message.native === null ? "model" : message.native.model;
      const calls = message.toolCalls.map(
        ({ name, input, invalid }) => `${name} ${invalid ?? JSON.stringify(input)}`,
      );
      return [{ role, text: message.text, calls }];
    }
    case "tool":
      return message.results.map(({ name, text, isError }) => {
        return { role: isError ? `${name} failed` : name, text, calls: [] };
      });
  }
}
