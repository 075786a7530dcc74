import type { RunSettings } from "../../core/run-settings.ts";
import { Places } from "./places.ts";

/** A fresh checkout of one commit, given back when its scope ends. */
export type GateCheckout = {
  path: string;
  gitDir: string;
  portBase: number;
  /** The commit's files as they are, whatever a gate has done to them; what git ignores stays. */
  restore: () => Promise<void>;
  /** Waits until gates may run in it. Rejects with the signal's reason. */
  takeTurn: (signal: AbortSignal) => Promise<Disposable>;
} & AsyncDisposable;

export type CheckoutPool = { lease: (commit: string, signal: AbortSignal) => Promise<GateCheckout> };

/** Gate checkouts get ports above those of any worktree. */
const firstPortOffset = 200;

type Folder = { name: string; path: string; gitDir: string };
type Folders = {
  leaseDetached: (checkout: { name: string; commit: string }) => Promise<Folder>;
  restore: (folder: Folder, commit: string) => Promise<void>;
};

/** Gates run in at most `settings.gateSlots` checkouts at a time. One more has its files put in place meanwhile. */
export function createCheckoutPool(
  settings: Pick<RunSettings, "gateSlots" | "portBase" | "portsPerWorktree">,
  folders: Folders,
): CheckoutPool {
  const places = new Places(settings.gateSlots + 1);
  const turns = new Places(settings.gateSlots);
  return {
    lease: async (commit, signal) => {
      const place = await places.take(signal);
      const { number } = place;
      try {
        const folder = await folders.leaseDetached({ name: `gate-${number}`, commit });
        const portBase = settings.portBase + (firstPortOffset + number) * settings.portsPerWorktree;
        return {
          path: folder.path,
          gitDir: folder.gitDir,
          portBase,
          restore: () => folders.restore(folder, commit),
          takeTurn: (gone) => turns.take(gone),
          [Symbol.asyncDispose]: async () => place[Symbol.dispose](),
        };
      } catch (error) {
        place[Symbol.dispose]();
        throw error;
      }
    },
  };
}
