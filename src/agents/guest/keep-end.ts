/** Keeps the last `max` UTF-16 units of a text that comes in pieces. */
export function keepEnd(max: number): { push: (text: string) => void; text: () => string } {
  let kept = "";
  return {
    push: (text) => {
      kept = (kept + text.slice(-max)).slice(-max);
    },
    text: () => kept,
  };
}
