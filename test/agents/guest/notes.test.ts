import { expect, test } from "vitest";
import { done, openGuestBench, says, texts } from "./a-bench.ts";

/** Gives the notes one after the other, each once. */
function notesOf(...notes: string[]): () => string[] {
  return () => notes.splice(0, 1);
}

test("notes that wait are part of the next start of a guest that takes none while it works", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(says("Done.", "s1"), says("Done in red."));
  const result = await bench.work({ takeNotes: notesOf("Be quick.", "In red.") });
  expect(result).toEqual({ type: "finished", note: "Done in red." });
  expect(bench.turns.map(({ prompt, session }) => [session, prompt])).toEqual([
    [null, "Mend the cart.\n\nNote from the person: Be quick."],
    ["s1", "Note from the person: In red."],
  ]);
  expect(texts(bench.messages)).toEqual([
    "user: Mend the cart.",
    "user: Note from the person: Be quick.",
    "assistant: Done.",
    "user: Note from the person: In red.",
    "assistant: Done in red.",
  ]);
});

test("a guest that takes notes while it works is given them then, and its last ones at a new start", async () => {
  await using bench = await openGuestBench({ guest: { notes: "next-turn" } });
  const given: string[] = [];
  bench.acts.push(async ({ takeNotes, onEvent }) => {
    given.push(...takeNotes());
    onEvent({ type: "said", text: "Done." });
    return done;
  }, says("Done in red."));
  await bench.work({ takeNotes: notesOf("Be quick.", "In red.") });
  expect(given).toEqual(["Note from the person: Be quick."]);
  expect(bench.turns[0]?.prompt).toBe("Mend the cart.");
  expect(bench.turns[1]?.prompt).toContain("Note from the person: In red.");
});

test("a guest without sessions gets the whole account with the note", async () => {
  await using bench = await openGuestBench({ guest: { resumes: false, notes: "next-turn" } });
  bench.acts.push(says("Done."), says("Done in red."));
  await bench.work({ takeNotes: notesOf("In red.") });
  expect(bench.turns[1]?.session).toBeNull();
  expect(bench.turns[1]?.prompt).toMatch(
    /^Mend the cart\.[^]*you: Done\.[^]*Note from the person: In red\.$/,
  );
});

test("`agentx notes` gives them at once, and they are then delivered", async () => {
  await using bench = await openGuestBench({ guest: { notes: "next-turn" } });
  const answers: unknown[] = [];
  bench.acts.push(async () => {
    for (let times = 0; times < 2; times += 1) answers.push((await bench.notes().answer).json());
    return done;
  });
  await bench.work({ takeNotes: notesOf("In red.") });
  expect(answers).toEqual([{ notes: ["Note from the person: In red."] }, { notes: [] }]);
  expect(bench.turns.length).toBe(1);
  expect(texts(bench.messages)).toContain("user: Note from the person: In red.");
});
