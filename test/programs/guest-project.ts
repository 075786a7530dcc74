import { makeProject, type Project, serveModels } from "../e2e/project.ts";
import type { ServeScriptOptions } from "../model-server/serve-script.ts";
import type { ModelServer } from "../model-server/server.ts";
import { guestFiles, guestPath, type GuestSetup, guestSetups } from "./guest-setups.ts";
import { asGuestTurn } from "./guest-turn.ts";

export { guestSetups, type GuestSetup };

/** A small project whose tasks a guest does. */
export async function guestProject(
  setup: GuestSetup,
  settings: Record<string, unknown> = {},
): Promise<Project> {
  const project = makeProject(guestFiles(setup, settings));
  project.env["PATH"] = await guestPath(setup);
  return project;
}

/** Serves a script in the models' place, in a form that every program can play. */
export function serveGuests(
  project: Project,
  script: string | object,
  options: ServeScriptOptions = {},
): Promise<{ server: ModelServer; env: Record<string, string> }> {
  return serveModels(project, script, {
    ...options,
    shape: (turn, { toolNames }) => (toolNames.length === 0 ? turn : asGuestTurn(turn, toolNames)),
  });
}
