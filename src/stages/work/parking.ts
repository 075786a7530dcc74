import type { Sandbox } from "../../sandbox/sandbox.ts";

/** Sandboxes in which a worker waits for the answer to its question. */
export type Parking = {
  /** Null where nobody waits any more. Who takes a sandbox has to close it. */
  take: (task: string) => Sandbox | null;
  /** @param forMs after which it is closed; null: only with `drop` or `closeAll` */
  keep: (task: string, parked: { sandbox: Sandbox; forMs: number | null }) => void;
  drop: (task: string) => void;
  /** Once those that were dropped so far are closed: until then something in them may still write. */
  settled: () => Promise<void>;
  closeAll: () => Promise<void>;
};

export function createParking(): Parking {
  const parked = new Map<string, { sandbox: Sandbox; timer: NodeJS.Timeout | undefined }>();
  const closing = new Set<Promise<void>>();
  const take = (task: string): Sandbox | null => {
    const place = parked.get(task);
    clearTimeout(place?.timer);
    parked.delete(task);
    return place?.sandbox ?? null;
  };
  const drop = (task: string): void => {
    const closed = take(task)?.close();
    if (closed === undefined) return;
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  };
  const settled = async (): Promise<void> => void (await Promise.all(closing));
  return {
    take,
    keep: (task, { sandbox, forMs }) => {
      drop(task);
      const timer = forMs === null ? undefined : setTimeout(() => drop(task), forMs);
      parked.set(task, { sandbox, timer });
    },
    drop,
    settled,
    closeAll: async () => {
      for (const task of parked.keys()) drop(task);
      await settled();
    },
  };
}
