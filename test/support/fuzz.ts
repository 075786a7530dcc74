import fc from "fast-check";

/** How many inputs a property is given: few with every change, `npm run fuzz` for many. */
export function fuzzRuns(few: number): { numRuns: number; endOnFailure: boolean } {
  return { numRuns: Number(process.env["AGENTX_FUZZ_RUNS"] ?? few), endOnFailure: true };
}

type Struck = { places: readonly number[]; isWhole: boolean };

/**
 * Where bytes are struck: a few of them with every change, each with `npm run fuzz`, and only a part of those where
 * AGENTX_FUZZ_BYTES says which: `46421-69632` is from the first of the two up to the second.
 */
export function struckBytes(places: readonly number[], isOfFew: (place: number) => boolean): Struck {
  const range = process.env["AGENTX_FUZZ_BYTES"];
  if (process.env["AGENTX_FUZZ_RUNS"] === undefined) return { places: places.filter(isOfFew), isWhole: true };
  if (range === undefined) return { places, isWhole: true };
  const [, from, to] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === undefined || to === undefined) throw new Error(`AGENTX_FUZZ_BYTES is no range: ${range}`);
  const struck = places.filter((place) => place >= Number(from) && place < Number(to));
  process.stderr.write(`${struck.length} of ${places.length} bytes\n`);
  return { places: struck, isWhole: false };
}

/** A place in a text of any length, as a part of it from 0 up to 1. Doubles would lie before 0.01 nine times of ten. */
const part = fc.nat(9_999).map((n) => n / 10_000);

/** Cuts a piece out of a text and puts another in: from anywhere in it, or what parsers trip over. */
const mutation = fc.record({
  at: part,
  cut: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(2_000)),
  from: part,
  copy: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(2_000)),
  added: fc.oneof(
    { weight: 3, arbitrary: fc.string({ maxLength: 4, unit: "binary" }) },
    fc.constantFrom(
      "\0",
      "\r\n",
      "\r",
      "\uFEFF",
      "\u2028",
      "\t",
      "```\n",
      "## Tasks\n",
      "- [ ] ",
      "  - needs: ",
      "[[[",
      "{{{",
      "}",
      '"',
      "\\",
      "&a *a",
      "? : -",
      "!!js/function",
    ),
  ),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { at, cut, from, copy, added }: Mutation): string {
  const place = Math.floor(at * text.length);
  const piece = text.slice(Math.floor(from * text.length)).slice(0, copy);
  return text.slice(0, place) + piece + added + text.slice(place + cut);
}

/** The text, damaged in a few places. */
export function damaged(text: string): fc.Arbitrary<string> {
  return fc.array(mutation, { minLength: 1, maxLength: 4 }).map((steps) => steps.reduce(mutate, text));
}

/** The text's bytes as files come: with either line end, a byte order mark, as UTF-16, or with any bytes in it. */
export function asBytes(text: string): fc.Arbitrary<Buffer> {
  const anyBytes = fc.tuple(part, fc.uint8Array({ maxLength: 3 }));
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(Buffer.from(text)) },
    { weight: 2, arbitrary: fc.constant(Buffer.from(text.replaceAll("\n", "\r\n"))) },
    { weight: 1, arbitrary: fc.constant(Buffer.from(`\uFEFF${text}`)) },
    { weight: 1, arbitrary: fc.constant(Buffer.from(`\uFEFF${text}`, "utf16le")) },
    {
      weight: 1,
      arbitrary: anyBytes.map(([at, bytes]) => {
        const whole = Buffer.from(text);
        const place = Math.floor(at * whole.length);
        return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place)]);
      }),
    },
  );
}
