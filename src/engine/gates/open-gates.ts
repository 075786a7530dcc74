import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { type GateSettings, resolveGateSettings } from "../../config/settings.ts";
import { AgentxError } from "../../core/error.ts";
import { resolveCommit } from "../../git/objects/read-commits.ts";
import { createWorktreePool } from "../../git/worktrees/worktree-pool.ts";
import { keyVariables } from "../../models/providers.ts";
import { findSandbox } from "../../sandbox/find-sandbox.ts";
import { createCheckoutPool } from "../../stages/gate/checkout-pool.ts";
import type { ProofPorts } from "../../stages/gate/prove-gate.ts";
import { setUp } from "../../stages/setup/set-up.ts";
import { lockRepository, untilGitIsDone } from "../lock-repository.ts";
import { hintForGates } from "./hint-for-gates.ts";
import { detectAt, readConfigFile } from "../prepare.ts";
import { redactedSandboxes } from "../redacted-sandboxes.ts";
import { personProxy } from "../network-env.ts";
import { registriesAt } from "../registries.ts";
import { requirePlaces } from "../require-writable.ts";
import { setUpPorts } from "../set-up-ports.ts";
import { findBase, type Workspace } from "../workspace.ts";

export type Gating = {
  /** HEAD where none is named. */
  rev: string | null;
  /** No walls around the gates. */
  unsafeNoSandbox: boolean;
  onActivity: (text: string) => void;
  signal: AbortSignal;
  now: () => number;
};

/** Everything that gates need outside of a run. The lock is held: a run uses the same checkouts. */
export type OpenGates = Disposable & {
  commit: string;
  settings: GateSettings;
  /** Gate → the person's command that plants a fault. */
  proofs: Record<string, string>;
  ports: ProofPorts;
};

/** @throws AgentxError CONFIG_INVALID, NO_GATES, NO_COMMITS, UNKNOWN_COMMIT, UNWRITABLE, SANDBOX_MISSING, DISPATCHER_RUNNING */
export async function openGates(
  workspace: Workspace,
  { rev, now, unsafeNoSandbox }: Gating,
): Promise<OpenGates> {
  const { repo, env, home, folder, secrets } = workspace;
  requirePlaces(workspace);
  const commit = rev === null ? (await findBase(workspace)).commit : await commitOf(workspace, rev);
  const { text, file } = await readConfigFile(workspace);
  const config = loadConfig({ text, file });
  const detected = await detectAt(workspace, commit);
  const machine = { cores: availableParallelism(), home: env["HOME"] ?? homedir() };
  const registriesOf = await registriesAt(workspace, commit);
  const settings = resolveGateSettings({ config, detected, machine, registriesOf });
  if (settings.gates.length === 0) throw noGates({ text, file });
  secrets.learn(keyVariables(config.providers));
  const provider = await findSandbox({
    env,
    unsafeNoSandbox,
    choice: settings.sandbox,
    limits: settings.sandboxLimits,
  });
  const sandboxes = redactedSandboxes(provider, secrets);
  const lock = lockRepository(workspace, { since: now(), command: "agentx gates" });
  await untilGitIsDone(workspace);
  const pool = createWorktreePool({ repo, home });
  const toSetUp = await setUpPorts(workspace, sandboxes);
  return {
    commit,
    settings,
    proofs: config.proofs,
    ports: {
      checkouts: createCheckoutPool(settings, pool),
      sandboxes,
      setUp: (checkout, signal) => setUp(checkout, { settings, signal, isTrusted: false }, toSetUp),
      personProxy: personProxy(env),
      logFolder: join(folder, "gates"),
    },
    [Symbol.dispose]: () => lock.release(),
  };
}

async function commitOf({ repo }: Workspace, rev: string): Promise<string> {
  const commit = await resolveCommit(repo, rev);
  if (commit !== null) return commit;
  throw new AgentxError("UNKNOWN_COMMIT", {
    where: "--commit",
    what: `"${rev}" names no commit here`,
    hint: "git log --oneline shows what there is",
  });
}

function noGates(config: { text: string | null; file: string }): AgentxError {
  return new AgentxError("NO_GATES", {
    where: config.file,
    what: "nothing here checks the work: no gates are configured, and none were found",
    hint: hintForGates(config),
  });
}
