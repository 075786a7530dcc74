import type { RunSettings } from "../../core/run-settings.ts";
import type { Upstream } from "../upstream.ts";
import type { RecordedRoles } from "./cassette.ts";
import { readCassette } from "./read-cassette.ts";
import { recordingUpstream } from "./recording-upstream.ts";
import { replayingUpstream } from "./replaying-upstream.ts";
import { openCassetteWriter } from "./write-cassette.ts";

export type OpenCassette = {
  /** Goes around what retries: it sees, or gives, only what a client gets. A replay never calls `upstream`. */
  around: (upstream: Upstream) => Upstream;
  /** Sentences for the person. */
  notes: string[];
  close: () => void;
};

type Recorder = {
  /** This program's version. */
  agentx: string;
  /** A recording goes on where its run does. */
  run: string;
  settings: RecordedRoles;
};

/**
 * @throws AgentxError CASSETTE_EXISTS, CASSETTE_UNWRITABLE, CASSETTE_UNREADABLE, CASSETTE_INVALID
 */
export function openCassette(
  { type, file }: NonNullable<RunSettings["cassette"]>,
  { agentx, run, settings: { models, agents } }: Recorder,
): OpenCassette {
  if (type === "record") {
    const writer = openCassetteWriter(file, { agentx, run, models, agents });
    return {
      around: (upstream) => recordingUpstream(upstream, writer),
      notes: writer.notes,
      close: writer.close,
    };
  }
  const cassette = readCassette(file);
  const { agentx: recorder } = cassette.header;
  const other = recorder === agentx ? [] : [`${file} was recorded by agentx ${recorder}; this is ${agentx}`];
  const replay = replayingUpstream(cassette);
  return { around: () => replay, notes: [...cassette.notes, ...other], close: () => undefined };
}
