import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { AgentxError } from "../../core/error.ts";
import { cassetteFormat, type CassetteHeader, type RecordedAnswer } from "./cassette.ts";
import { parseCassette } from "./read-cassette.ts";

/** Takes an answer when it has ended. Throws what the file system says. */
export type CassetteSink = { write: (answer: RecordedAnswer) => void };

export type CassetteWriter = CassetteSink & { notes: string[]; close: () => void };

/**
 * A new cassette, or the one that the same run began: then it goes on behind its last whole line.
 * @throws AgentxError CASSETTE_EXISTS for anybody else's file, CASSETTE_UNWRITABLE
 */
export function openCassetteWriter(
  file: string,
  { agentx, run, models, agents }: Omit<CassetteHeader, "format">,
): CassetteWriter {
  try {
    // Answers may hold code that is nobody else's business.
    const made = openSync(file, "ax", 0o600);
    writeLine(made, { format: cassetteFormat, agentx, run, models, agents } satisfies CassetteHeader);
    return writerOn(made, { notes: [], part: 0 });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return goOn(file, run);
    throw unwritable(file, error);
  }
}

function goOn(file: string, run: string): CassetteWriter {
  const { text, ...own } = readOwn(file, run);
  try {
    // In append mode every write lands at the end, wherever it was cut.
    const opened = openSync(file, "a", 0o600);
    const whole = text.lastIndexOf("\n") + 1;
    if (own.notes.length > 0) ftruncateSync(opened, Buffer.byteLength(text.slice(0, whole)));
    else if (whole < text.length) writeSync(opened, "\n");
    return writerOn(opened, own);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function readOwn(file: string, run: string): Part & { text: string } {
  try {
    const text = readFileSync(file, "utf8");
    const { header, notes, answers } = parseCassette(text, file);
    const last = answers.at(-1);
    // Where nothing was recorded yet, this is still its beginning.
    const part = last === undefined ? 0 : (last.part ?? 0) + 1;
    if (header.run === run) return { text, notes, part };
    throw exists(file, `it holds the recording of the run ${header.run}`);
  } catch (error) {
    if (error instanceof AgentxError && error.code !== "CASSETTE_INVALID") throw error;
    throw exists(file, "there is something else already");
  }
}

type Part = { notes: string[]; part: number };

function writerOn(opened: number, { notes, part }: Part): CassetteWriter {
  let isOpen = true;
  return {
    notes,
    write: (answer) => {
      // Its run is over: a straggler has nobody to be kept for.
      if (isOpen) writeLine(opened, part === 0 ? answer : { ...answer, part });
    },
    close: () => {
      if (isOpen) closeSync(opened);
      isOpen = false;
    },
  };
}

/** At once and in order: an answer that a client has seen is in the file, whatever becomes of this process. */
function writeLine(opened: number, value: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(opened, bytes, at);
}

function exists(file: string, what: string): AgentxError {
  const hint = "name another file for --record, or move this one away";
  return new AgentxError("CASSETTE_EXISTS", { where: file, what, hint });
}

function unwritable(file: string, error: unknown): AgentxError {
  const what = `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
  return new AgentxError("CASSETTE_UNWRITABLE", {
    where: file,
    what,
    hint: "name another file for --record",
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
