import type { RunSettings } from "../../core/run-settings.ts";
import { readCassette } from "../../gateway/cassette/read-cassette.ts";
import { keylessProviders } from "../../models/route-providers.ts";

export type Replay = {
  models: RunSettings["models"];
  /** The rules of the replay: everybody does what they did, and nobody asks for a key. */
  settingsOf: (settings: RunSettings) => RunSettings;
};

/** Who did what in the run that is replayed. @throws AgentxError CASSETTE_UNREADABLE, CASSETTE_INVALID */
export function openReplay(file: string): Replay {
  const { models, agents } = readCassette(file).header;
  return {
    models,
    settingsOf: (settings) => ({
      ...settings,
      models,
      agents,
      providers: keylessProviders(settings.providers),
    }),
  };
}
