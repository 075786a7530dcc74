import { join } from "node:path";
import type { RunSettings } from "../core/run-settings.ts";
import { closeStanding } from "../git/processes/standing-of.ts";
import { createWorktreePool, type WorktreePool } from "../git/worktrees/worktree-pool.ts";
import type { SandboxProvider } from "../sandbox/sandbox.ts";
import { createParking, type Parking } from "../stages/work/parking.ts";
import { type CheckoutPool, createCheckoutPool } from "../stages/gate/checkout-pool.ts";
import { type Checkout, setUp } from "../stages/setup/set-up.ts";
import { openBuiltInAgent } from "./built-in-agent.ts";
import { openRunCassette } from "./cassette/open-run-cassette.ts";
import { type Crew, createCrew } from "./crew/crew.ts";
import { removeDeadDoors } from "./crew/doors-folder.ts";
import { createLodgings, type Lodgings } from "./crew/lodgings.ts";
import { doorOpener } from "./crew/open-door.ts";
import { openGateway } from "./crew/open-gateway.ts";
import { setUpPorts } from "./set-up-ports.ts";
import { takeTurns, type Turns } from "./take-turns.ts";
import type { Workspace } from "./workspace.ts";
import { type FreeNumbers, freeNumbers } from "../sys/free-numbers.ts";

/** @property isTrusted see `SetUpJob` */
type SetUpRequest = { settings: RunSettings; signal: AbortSignal; isTrusted: boolean };

/** The tools that every stage of a run shares. */
export type Workshop = {
  workspace: Workspace;
  /** Sentences for the person. */
  notes: readonly string[];
  crew: Crew;
  lodgings: Lodgings;
  parking: Parking;
  pool: WorktreePool;
  checkouts: CheckoutPool;
  /** Numbers of the checkouts that reviewers look at. */
  reviewRooms: FreeNumbers;
  sandboxes: SandboxProvider;
  /** `settings` as they are now: an answer may have changed them since the run was opened. */
  setUp: (checkout: Checkout, at: SetUpRequest) => Promise<void>;
  takeTurns: Turns;
} & AsyncDisposable;

/** @throws AgentxError where the run's cassette cannot be opened */
export async function openWorkshop(
  workspace: Workspace,
  { run, settings, sandboxes }: { run: string; settings: RunSettings; sandboxes: SandboxProvider },
): Promise<Workshop> {
  const { repo, home, env } = workspace;
  const pool = createWorktreePool({ repo, home });
  const toSetUp = await setUpPorts(workspace, sandboxes);
  const cassette = await openRunCassette(settings, run);
  const gateway = openGateway(env, cassette);
  const api = await openBuiltInAgent(workspace, { settings, gateway });
  const openDoor = doorOpener(gateway, { providers: settings.providers, env, isTaped: cassette !== null });
  await removeDeadDoors(join(home, "doors"));
  const lodgings = createLodgings(home);
  const parking = createParking();
  return {
    workspace,
    notes: cassette?.notes ?? [],
    crew: createCrew({ workspace, settings, api, openDoor }),
    lodgings,
    parking,
    pool,
    checkouts: createCheckoutPool(settings, pool),
    reviewRooms: freeNumbers(),
    sandboxes,
    setUp: (checkout, at) => setUp(checkout, at, toSetUp),
    takeTurns: takeTurns(),
    [Symbol.asyncDispose]: async () => {
      await parking.closeAll();
      await lodgings.close();
      cassette?.close();
      closeStanding(repo);
    },
  };
}
