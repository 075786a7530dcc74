/** A number that nobody else has until it is given back. */
export type HeldNumber = { number: number } & Disposable;

export type FreeNumbers = { take: () => HeldNumber };

/** Gives the lowest number from one on that is free, so that what goes by them is used again. */
export function freeNumbers(): FreeNumbers {
  const held = new Set<number>();
  return {
    take: () => {
      let number = 1;
      while (held.has(number)) number += 1;
      held.add(number);
      return { number, [Symbol.dispose]: () => void held.delete(number) };
    },
  };
}
