import type { SpawnEnding, Spawned } from "../../sandbox/sandbox.ts";
import type { GuestEnd, GuestEvent, GuestTurn } from "../guest/guest.ts";
import { keepEnd } from "../guest/keep-end.ts";
import type { CliProgram, Exit } from "./program.ts";
import { splitLines } from "../guest/split-lines.ts";

/** How long a program may take to exit after it told its end. */
const exitMs = 10_000;
const noteEveryMs = 1_000;
const keptLength = 4_000;

/** What one start of a program says, from its first byte to its exit. */
export type FollowedRun = {
  onStdout: (text: string) => void;
  onStderr: (text: string) => void;
  /** From now on notes go in, and a program that told its end is let go. */
  talkTo: (process: Spawned) => void;
  finish: (how: SpawnEnding) => Exit;
  letGo: () => void;
};

export function followRun(program: CliProgram, turn: GuestTurn, keepsInput: boolean): FollowedRun {
  let told: GuestEnd | null = null;
  const denied: string[] = [];
  const readLine = program.startReading?.() ?? program.parseLine;
  const words = keepEnd(keptLength);
  let process: Spawned | null = null;
  let isOver = false;
  let isOverdue = false;
  let overdue: NodeJS.Timeout | undefined;

  const passNotes = (): void => {
    const { noteLine, notes } = program;
    if (process === null || isOver || noteLine === undefined || notes !== "next-turn" || !keepsInput) return;
    for (const note of turn.takeNotes()) process.write(noteLine(note));
  };
  const onEvent = (event: GuestEvent): void => {
    if (event.type === "denied") denied.push(event.tool);
    if (event.type === "ended") told = event.end;
    turn.onEvent(event);
  };
  const letGo = (): void => {
    isOver = true;
    // What it was given before is still worked on by a program whose input ends.
    if (keepsInput) process?.endInput();
    overdue = setTimeout(() => {
      isOverdue = true;
      void process?.stop();
    }, exitMs);
  };
  const lines = splitLines(
    (line) => {
      const events = readLine(line);
      if (events.length > 0) clearTimeout(overdue);
      events.forEach(onEvent);
      if (program.isOver?.(line) ?? events.some(({ type }) => type === "ended")) letGo();
      if (!line.startsWith("{")) words.push(`${line}\n`);
      passNotes();
    },
    (length) => turn.onEvent({ type: "activity", text: `dropped a line of ${megabytes(length)} MB` }),
  );
  const timer = setInterval(passNotes, noteEveryMs);
  return {
    onStdout: lines.push,
    onStderr: words.push,
    talkTo: (spawned) => {
      process = spawned;
      passNotes();
    },
    finish: (how) => {
      lines.flush();
      // Stopped for not exiting: what it told counts.
      const exited = isOverdue && told !== null;
      return { how: exited ? { type: "exited", exitCode: 0 } : how, stderr: words.text(), told, denied };
    },
    letGo: () => {
      clearInterval(timer);
      clearTimeout(overdue);
    },
  };
}

function megabytes(length: number): string {
  return (length / 1_000_000).toFixed(0);
}
