import type { RunSettings } from "../../core/run-settings.ts";

/** A fresh checkout of one commit, given back when its scope ends. */
export type GateCheckout = {
  path: string;
  gitDir: string;
  portBase: number;
  /** The commit's files as they are, whatever a gate has done to them; what git ignores stays. */
  restore: () => Promise<void>;
} & AsyncDisposable;

export type CheckoutPool = { lease: (commit: string, signal: AbortSignal) => Promise<GateCheckout> };

/** Gate checkouts get ports above those of any worktree. */
const firstPortOffset = 200;

type Folder = { name: string; path: string; gitDir: string };
type Folders = {
  leaseDetached: (checkout: { name: string; commit: string }) => Promise<Folder>;
  restore: (folder: Folder, commit: string) => Promise<void>;
};

/** At most `settings.gateSlots` checkouts at a time; the next in line waits. */
export function createCheckoutPool(
  settings: Pick<RunSettings, "gateSlots" | "portBase" | "portsPerWorktree">,
  folders: Folders,
): CheckoutPool {
  const free = Array.from({ length: settings.gateSlots }, (_, index) => index + 1);
  const waiting: (() => void)[] = [];
  const giveBack = (number: number): void => {
    free.push(number);
    waiting.shift()?.();
  };
  return {
    lease: async (commit, signal) => {
      while (free.length === 0) await waitFor(waiting, signal);
      const number = free.shift() ?? 1;
      try {
        const folder = await folders.leaseDetached({ name: `gate-${number}`, commit });
        const portBase = settings.portBase + (firstPortOffset + number) * settings.portsPerWorktree;
        return {
          path: folder.path,
          gitDir: folder.gitDir,
          portBase,
          restore: () => folders.restore(folder, commit),
          [Symbol.asyncDispose]: async () => giveBack(number),
        };
      } catch (error) {
        giveBack(number);
        throw error;
      }
    },
  };
}

/** Waits for its turn; who gives up leaves the line, so that no wake-up is lost on it. */
async function waitFor(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => {
    const at = waiting.indexOf(resolve);
    if (at !== -1) waiting.splice(at, 1);
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  waiting.push(resolve);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
