import type { RunSettings } from "../../core/run-settings.ts";
import type { OpenCassette } from "../../gateway/cassette/open-cassette.ts";
import { readVersion } from "../../sys/version.ts";

/** The cassette that a run's settings ask for, or null. @throws AgentxError CASSETTE_EXISTS, CASSETTE_UNWRITABLE, CASSETTE_UNREADABLE, CASSETTE_INVALID */
export async function openRunCassette(settings: RunSettings, run: string): Promise<OpenCassette | null> {
  if (settings.cassette === null) return null;
  const { openCassette } = await import("../../gateway/cassette/open-cassette.ts");
  return openCassette(settings.cassette, { agentx: readVersion(), run, settings });
}
