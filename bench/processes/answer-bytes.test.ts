import { expect, it } from "vitest";
import { answerBytes } from "./answer-bytes.ts";

const parts = (...texts: string[]) => texts.map((text) => Buffer.from(text));

it("answerBytes counts the events with the answer, and the framing of their chunks", () => {
  const [turn, first, last, done] = [
    "turn: 1",
    "data: First",
    "data:  last",
    "done: First last",
  ].map((line) => `${line}\n\n`) as [string, string, string, string];
  // Each part has less than 16 or less than 256 bytes: a length of one or two digits, and two line ends.
  expect([turn, first, last, done].map(({ length }) => length)).toEqual([9, 13, 13, 18]);
  expect(answerBytes(parts(turn, first, last, done), "First", "last")).toEqual({
    answerBytes: 13 + 5 + 13 + 5,
    bodyBytes: 9 + 5 + 13 + 5 + 13 + 5 + 18 + 6,
  });
});

it("answerBytes finds events that share a chunk with others", () => {
  const body = "data: before\n\ndata: First last\n\ndata: after\n\n";
  expect(answerBytes(parts(body), "First", "last")).toEqual({
    answerBytes: 18 + 6,
    bodyBytes: body.length + 6,
  });
});
