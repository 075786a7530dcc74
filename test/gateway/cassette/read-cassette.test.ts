import fc from "fast-check";
import { expect, test } from "vitest";
import { AgentxError } from "../../../src/core/error.ts";
import { parseCassette, readCassette } from "../../../src/gateway/cassette/read-cassette.ts";
import { anAnswer, header } from "./support.ts";

const first = JSON.stringify({ format: 1, ...header });
const line = JSON.stringify(anAnswer());
const read = (text: string): ReturnType<typeof parseCassette> => parseCassette(text, "run.cassette");

test("the header and every answer are read", () => {
  const cassette = read(`${first}\n${line}\n${line}\n`);
  expect(cassette).toEqual({
    file: "run.cassette",
    header: { format: 1, ...header },
    answers: [anAnswer(), anAnswer()],
    notes: [],
  });
});

test("a torn last line is left out with a note; one that only lost its line end is not", () => {
  const torn = read(`${first}\n${line}\n${line.slice(0, -9)}`);
  expect(torn.answers).toHaveLength(1);
  expect(torn.notes).toEqual([expect.stringMatching(/^run\.cassette:3: the last line is not whole/)]);
  expect(read(`${first}\n${line}\n${line}`)).toMatchObject({ answers: [{}, {}], notes: [] });
});

test.each([
  ["", "run.cassette:1: the file is empty"],
  [first.slice(0, 20), "run.cassette:1: the file is empty, or its first line is not whole"],
  ["# Title\n", "run.cassette:1: no JSON"],
  ["{}\n", "run.cassette:1: this is no cassette"],
  ["[1]\n", "run.cassette:1: this is no cassette"],
  [`{"format":2,"new":true}\n`, "run.cassette:1: it has the format 2, and this agentx reads format 1"],
  [`{"format":1}\n`, "run.cassette:1: agentx:"],
  [`${first}\n{"label"\n${line}\n`, "run.cassette:2: no JSON"],
  [`${first}\n${line}\n{"label":"x"}\n`, "run.cassette:3: model:"],
  [`${first}\n${line.replace('"complete"', '"someday"')}\n`, "run.cassette:2: end:"],
  [`${first}\n${line.replace('"status":200', '"status":"200"')}\n`, "run.cassette:2: status:"],
])("a file like %j is refused with its place", (text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: "CASSETTE_INVALID" }));
  expect(() => read(text)).toThrow(message);
});

test("a file that is not there is said to be so", () => {
  expect(() => readCassette("/nowhere/run.cassette")).toThrow(
    /\/nowhere\/run\.cassette: cannot be read: ENOENT/,
  );
});

test("whatever stands in the file, it is read or refused in words", () => {
  const whole = `${first}\n${line}\n${line}\n`;
  const broken = fc
    .tuple(fc.nat(whole.length), fc.nat(40), fc.string({ unit: "binary", maxLength: 8 }))
    .map(([at, length, put]) => whole.slice(0, at) + put + whole.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(broken, fc.json(), fc.string({ unit: "binary" })), (text) => {
      try {
        expect(read(text).header.format).toBe(1);
      } catch (error) {
        expect(error).toBeInstanceOf(AgentxError);
        expect((error as AgentxError).message).toMatch(/^run\.cassette:\d+: ./);
      }
    }),
    { numRuns: 2_000 },
  );
});
