import { closed } from "../sandbox-errors.ts";
import type { Sandbox, SandboxSpec } from "../sandbox.ts";
import { outsideFiles, type Reach } from "./outside-files.ts";

export type UntouchedOptions = {
  spec: SandboxSpec;
  reach: Reach;
  /** The sandbox with a helper, for whatever cannot be done from outside. */
  open: () => Promise<Sandbox>;
};

/** @property inside the sandbox with a helper, opened when it is first asked for */
export type Untouched = Pick<Sandbox, "readFile" | "writeFile" | "list" | "search" | "close"> & {
  inside: () => Promise<Sandbox>;
  /** From now on something may run there. Throws AgentxError SANDBOX_CLOSED: whatever began after the end would be ended by nobody. */
  touch: () => void;
  /** Fulfils when nothing is under way from outside. */
  settled: () => Promise<void>;
};

/** Files of a sandbox, from outside until something has run there; from then on a helper sees to them, where a link leads nowhere else. */
export function untouched({ spec, reach, open }: UntouchedOptions): Untouched {
  const files = outsideFiles(spec, reach);
  const underWay = new Set<Promise<unknown>>();
  let opened: Promise<Sandbox> | null = null;
  let isUntouched = true;
  let isClosed = false;
  const touch = (): void => {
    if (isClosed) throw closed(spec.root);
    isUntouched = false;
  };
  const settled = async (): Promise<void> => {
    await Promise.allSettled(underWay);
  };
  const inside = (): Promise<Sandbox> => {
    touch();
    // One that could not be opened may be the next time.
    opened ??= settled()
      .then(open)
      .catch((error: unknown) => {
        opened = null;
        throw error;
      });
    return opened;
  };
  /** Null: it cannot be done from outside. */
  const fromOutside = async <T>(begin: () => Promise<T> | null, otherwise: () => Promise<T>): Promise<T> => {
    const doing = isUntouched && !isClosed ? begin() : null;
    if (doing === null) return otherwise();
    underWay.add(doing);
    try {
      return await doing;
    } finally {
      underWay.delete(doing);
    }
  };
  return {
    inside,
    touch,
    settled,
    readFile: (path, range) =>
      fromOutside(
        () => files.readFile(path, range),
        async () => (await inside()).readFile(path, range),
      ),
    writeFile: (path, text) =>
      fromOutside(
        () => files.writeFile(path, text),
        async () => (await inside()).writeFile(path, text),
      ),
    list: (path, options) =>
      fromOutside(
        () => files.list(path, options),
        async () => (await inside()).list(path, options),
      ),
    search: async (pattern, options) => (await inside()).search(pattern, options),
    close: async () => {
      isClosed = true;
      await settled();
      const sandbox = await opened?.catch(() => null);
      await sandbox?.close();
    },
  };
}
