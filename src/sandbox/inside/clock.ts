/** Milliseconds on a clock that does not jump. `performance` would load a module that takes as long as the rest of a first command. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
