import type { RunSettings } from "../../core/run-settings.ts";
import type { RecordedRoles } from "../../gateway/cassette/cassette.ts";
import { readCassette } from "../../gateway/cassette/read-cassette.ts";
import { keylessProviders } from "../../models/route-providers.ts";

/** Who did what in the run that is replayed, or null without a replay. @throws AgentxError CASSETTE_UNREADABLE, CASSETTE_INVALID */
export function recordedRoles(replay: string | undefined): RecordedRoles | null {
  return replay === undefined ? null : readCassette(replay).header;
}

/** The rules of a replay: everybody does what they did, and nobody asks for a key. */
export function asRecorded(settings: RunSettings, { models, agents }: RecordedRoles): RunSettings {
  return { ...settings, models, agents, providers: keylessProviders(settings.providers) };
}
