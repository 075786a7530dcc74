import { closed } from "../sandbox-errors.ts";
import type { Sandbox, SandboxSpec } from "../sandbox.ts";
import type { OutsideFiles } from "./outside-files.ts";

export type HelpedFilesOptions = {
  spec: Pick<SandboxSpec, "root">;
  outside: OutsideFiles;
  /** The sandbox with a helper. */
  open: () => Promise<Sandbox>;
};

export type HelpedFiles = Pick<Sandbox, "readFile" | "writeFile" | "list" | "search" | "close"> & {
  /** The sandbox with a helper, opened when it is first asked for. */
  inside: () => Promise<Sandbox>;
  /** Begins to open it before it is asked for. One that cannot be had is tried again, and told, when it is. */
  openAhead: () => void;
  /** Whether it was asked for. */
  wasNeeded: () => boolean;
  /** Throws AgentxError SANDBOX_CLOSED: whatever began after the end would be ended by nobody. */
  requireOpen: () => void;
};

/** Files of a sandbox from outside, and where that cannot be by a helper, in a sandbox that is opened for it. */
export function helpedFiles({ spec, outside, open }: HelpedFilesOptions): HelpedFiles {
  const underWay = new Set<Promise<unknown>>();
  let opened: Promise<Sandbox> | null = null;
  let isClosed = false;
  let isNeeded = false;
  const requireOpen = (): void => {
    if (isClosed) throw closed(spec.root);
  };
  // One that could not be opened may be the next time.
  const begin = (): Promise<Sandbox> =>
    (opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    }));
  const inside = async (): Promise<Sandbox> => {
    requireOpen();
    isNeeded = true;
    return begin();
  };
  const either = async <T>(
    fromOutside: () => Promise<T | null>,
    otherwise: (sandbox: Sandbox) => Promise<T>,
  ): Promise<T> => {
    requireOpen();
    const doing = fromOutside();
    underWay.add(doing);
    try {
      const found = await doing;
      if (found !== null) return found;
    } finally {
      underWay.delete(doing);
    }
    return otherwise(await inside());
  };
  return {
    inside,
    openAhead: () => {
      if (!isClosed) begin().catch(() => null);
    },
    wasNeeded: () => isNeeded,
    requireOpen,
    readFile: (...asked) =>
      either(
        () => outside.readFile(...asked),
        (sandbox) => sandbox.readFile(...asked),
      ),
    writeFile: (...asked) =>
      either(
        () => outside.writeFile(...asked),
        (sandbox) => sandbox.writeFile(...asked),
      ),
    list: (...asked) =>
      either(
        () => outside.list(...asked),
        (sandbox) => sandbox.list(...asked),
      ),
    search: async (...asked) => (await inside()).search(...asked),
    close: async () => {
      isClosed = true;
      await Promise.allSettled(underWay);
      const sandbox = await opened?.catch(() => null);
      await sandbox?.close();
    },
  };
}
