import { describe, expect, test } from "vitest";
import type { RecordedAnswer, RequestPrint } from "../../../src/gateway/cassette/cassette.ts";
import { pickAnswer } from "../../../src/gateway/cassette/pick-answer.ts";

function print(hash: string, turns: number, more: Partial<RequestPrint> = {}): RequestPrint {
  return { operation: "messages", hash, tail: hash, turns, tools: 5, bytes: 1, ...more };
}

function answer(request: RequestPrint, more: Partial<RecordedAnswer> = {}): RecordedAnswer {
  return {
    label: "implement a",
    model: "anthropic/m",
    api: "anthropic",
    request,
    status: 200,
    contentType: "",
    body: [],
    end: "complete",
    ...more,
  };
}

/** Indices of the answers that these requests get one after another. */
function picked(answers: RecordedAnswer[], requests: RequestPrint[]): (number | null)[] {
  const used = new Set<number>();
  return requests.map((request) => {
    const wanted = { label: "implement a", model: "anthropic/m", api: "anthropic", request } as const;
    const index = pickAnswer(answers, wanted, (one) => used.has(one));
    if (index !== null) used.add(index);
    return index;
  });
}

describe("an answer for a job whose run was resumed when it was recorded", () => {
  const later = { part: 1 };

  test("is the next one where the session had grown by the news of it", () => {
    const answers = [
      answer(print("x1", 1)),
      answer(print("x2", 4), later),
      answer(print("x3", 6), later),
      answer(print("x4", 8), later),
    ];
    expect(picked(answers, [print("x1", 1), print("y2", 3), print("y3", 5), print("y4", 7)])).toEqual([
      0, 1, 2, 3,
    ]);
    expect(picked(answers, [print("x1", 1), print("y2", 4), print("y3", 6), print("y4", 8)])).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test("is the next one where the work was told afresh", () => {
    const answers = [
      answer(print("x1", 1)),
      answer(print("x2", 1), later),
      answer(print("x3", 3), later),
      answer(print("x4", 5), later),
    ];
    expect(picked(answers, [print("x1", 1), print("y2", 3), print("y3", 5), print("y4", 7)])).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test("is no refusal, unless the very same is asked again", () => {
    const answers = [
      answer(print("x1", 1)),
      answer(print("x2", 6), { ...later, status: 400 }),
      answer(print("x3", 1), later),
    ];
    expect(picked(answers, [print("x1", 1), print("y2", 3)])).toEqual([0, 2]);
    expect(picked(answers, [print("x1", 1), print("x2", 6), print("y3", 1)])).toEqual([0, 1, 2]);
  });

  test("never takes the place of what was recorded before, or of a call on the side", () => {
    const answers = [
      answer(print("x1", 1)),
      answer(print("title", 1, { tools: 0 }), later),
      answer(print("x2", 4), later),
    ];
    const title = print("another", 1, { tools: 0 });
    expect(picked(answers, [print("y1", 1), print("y2", 3), title, print("y3", 5)])).toEqual([0, 2, 1, null]);
  });

  test("goes by the request alone where the job began only after it", () => {
    const answers = [
      answer(print("z", 1), { label: "review b" }),
      answer(print("x1", 1), later),
      answer(print("x2", 3), later),
    ];
    expect(picked(answers, [print("y2", 3), print("y1", 1), print("y3", 5)])).toEqual([2, 1, null]);
  });
});
