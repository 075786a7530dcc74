/** Runs `work` once one of the places is free; first come, first served. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** @param places how many may run at once; 1 makes a mutex. */
export function createLimit(places: number): Limit {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((start) => waiting.push(start));
    try {
      return await work();
    } finally {
      // The place is handed on, not freed: nobody can come between.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
