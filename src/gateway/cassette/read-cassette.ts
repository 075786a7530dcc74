import { readFileSync } from "node:fs";
import type { z } from "zod";
import { AgentxError } from "../../core/error.ts";
import {
  answerSchema,
  type Cassette,
  cassetteFormat,
  type CassetteHeader,
  headerSchema,
  type RecordedAnswer,
} from "./cassette.ts";

/** @throws AgentxError CASSETTE_UNREADABLE, CASSETTE_INVALID with the line */
export function readCassette(file: string): Cassette {
  try {
    return parseCassette(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof AgentxError) throw error;
    const what = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new AgentxError("CASSETTE_UNREADABLE", {
      where: file,
      what,
      hint: "name a file that --record wrote",
    });
  }
}

/** @throws AgentxError CASSETTE_INVALID with the line */
export function parseCassette(text: string, file: string): Cassette {
  const lines = text.split("\n");
  // What stands behind the last line's end: empty, or what a crash left half written.
  const rest = lines.pop() ?? "";
  const torn = rest !== "" && !isJson(rest);
  if (rest !== "" && !torn) lines.push(rest);
  const [first] = lines;
  if (first === undefined) throw invalid(`${file}:1`, "the file is empty, or its first line is not whole");
  const header = readHeader(first, file);
  const answers = lines.slice(1).flatMap((line, index): RecordedAnswer[] => {
    if (line.trim() === "") return [];
    return [readLine(line, answerSchema, `${file}:${index + 2}`)];
  });
  const notes = torn
    ? [
        `${file}:${lines.length + 1}: the last line is not whole and is left out: the recording was broken off`,
      ]
    : [];
  return { file, header, answers, notes };
}

function readHeader(line: string, file: string): CassetteHeader {
  const value = jsonOf(line, `${file}:1`);
  if (typeof value !== "object" || value === null || !("format" in value)) {
    throw invalid(`${file}:1`, "this is no cassette: its first line names no format");
  }
  if (value.format !== cassetteFormat) {
    const what = `it has the format ${JSON.stringify(value.format)}, and this agentx reads format ${cassetteFormat}`;
    throw invalid(`${file}:1`, what, "record it anew, or replay it with the agentx that recorded it");
  }
  return readLine(line, headerSchema, `${file}:1`);
}

function readLine<T>(line: string, schema: z.ZodType<T>, where: string): T {
  const read = schema.safeParse(jsonOf(line, where));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalid(where, `${issue?.path.join(".") || "the line"}: ${issue?.message ?? "is not as expected"}`);
}

function jsonOf(line: string, where: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw invalid(where, `no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A file whose last line end was lost in an editor is whole all the same. */
function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    // The question is answered.
    return false;
  }
}

function invalid(where: string, what: string, hint = "record it anew, or remove the line"): AgentxError {
  return new AgentxError("CASSETTE_INVALID", { where, what, hint });
}
