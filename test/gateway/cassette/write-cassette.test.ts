import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCassette } from "../../../src/gateway/cassette/read-cassette.ts";
import { openCassetteWriter } from "../../../src/gateway/cassette/write-cassette.ts";
import { anAnswer, header, tempFolder } from "./support.ts";

test("each answer is a whole line in the file as soon as it is written, for the owner's eyes only", () => {
  const file = join(tempFolder(), "run.cassette");
  const writer = openCassetteWriter(file, header);
  expect(readCassette(file).answers).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writer.write(anAnswer({ body: ["öß \u2028 one\n", "two"] }));
  expect(readCassette(file).answers).toEqual([anAnswer({ body: ["öß \u2028 one\n", "two"] })]);
  writer.write(anAnswer());
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(4);
  writer.close();
  writer.close();
  writer.write(anAnswer());
  expect(readCassette(file).answers).toHaveLength(2);
});

test("the same run goes on with its file, behind the last whole line", () => {
  const file = join(tempFolder(), "run.cassette");
  const before = openCassetteWriter(file, header);
  before.write(anAnswer({ label: "plan plan" }));
  before.close();
  appendFileSync(file, '{"label":"implement lo');
  const after = openCassetteWriter(file, header);
  expect(after.notes).toEqual([expect.stringContaining("run.cassette:3: the last line is not whole")]);
  after.write(anAnswer({ label: "review login" }));
  after.close();
  expect(readCassette(file)).toMatchObject({
    answers: [{ label: "plan plan" }, { label: "review login" }],
    notes: [],
  });
});

test("an answer says how often its run had been resumed, where answers came before that", () => {
  const file = join(tempFolder(), "run.cassette");
  openCassetteWriter(file, header).close();
  for (const label of ["one", "two", "three"]) {
    const writer = openCassetteWriter(file, header);
    writer.write(anAnswer({ label }));
    writer.close();
  }
  expect(readCassette(file).answers).toEqual([
    anAnswer({ label: "one" }),
    anAnswer({ label: "two", part: 1 }),
    anAnswer({ label: "three", part: 2 }),
  ]);
});

test("a line end that an editor took away is put back", () => {
  const file = join(tempFolder(), "run.cassette");
  openCassetteWriter(file, header).close();
  writeFileSync(file, readFileSync(file, "utf8").trimEnd());
  const writer = openCassetteWriter(file, header);
  writer.write(anAnswer());
  writer.close();
  expect(readCassette(file).answers).toHaveLength(1);
});

test("nobody else's file is touched", () => {
  const folder = tempFolder();
  const other = join(folder, "other.cassette");
  openCassetteWriter(other, { ...header, run: "run2" }).close();
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "mine\n");
  const empty = join(folder, "empty");
  writeFileSync(empty, "");
  const link = join(folder, "link");
  symlinkSync(join(folder, "target"), link);
  mkdirSync(join(folder, "sub"));
  for (const file of [other, notes, empty, link, join(folder, "sub")]) {
    expect(() => openCassetteWriter(file, header), file).toThrow(
      expect.objectContaining({ code: "CASSETTE_EXISTS" }),
    );
  }
  expect(() => openCassetteWriter(other, header)).toThrow("it holds the recording of the run run2");
  expect(readFileSync(notes, "utf8")).toBe("mine\n");
  expect(readFileSync(empty, "utf8")).toBe("");
  expect(() => statSync(join(folder, "target"))).toThrow("ENOENT");
});

test("a folder that is not there is said to be so", () => {
  expect(() => openCassetteWriter("/nowhere/run.cassette", header)).toThrow(
    expect.objectContaining({ code: "CASSETTE_UNWRITABLE" }),
  );
  const file = join(tempFolder(), "run.cassette");
  openCassetteWriter(file, header).close();
  chmodSync(file, 0o400);
  // Root may write all the same.
  if (process.getuid?.() !== 0) {
    expect(() => openCassetteWriter(file, header)).toThrow(/cannot be written: EACCES/);
  }
});
