import { expect, it } from "vitest";
import { qualityOf } from "./measures.ts";

const question = (grades: [string, number][]) => ({
  ...{ text: "", language: "english", grades: new Map(grades) },
});

it("the ideal ranking has quality 1", () => {
  const ideal = qualityOf(
    [
      question([
        ["a", 4],
        ["b", 1],
      ]),
    ],
    [["a", "b", "c"]],
  );
  expect(ideal).toEqual({ ndcg: 1, recall: 1 });
});

it("a later rank counts less, and the eleventh counts nothing", () => {
  const asked = [question([["a", 1]])];
  expect(qualityOf(asked, [["x", "a"]]).ndcg).toBeCloseTo(1 / Math.log2(3));
  const eleventh = [..."0123456789", "a"];
  expect(qualityOf(asked, [eleventh])).toEqual({ ndcg: 0, recall: 0 });
});

it("a higher grade counts as much more as it is higher", () => {
  const asked = [
    question([
      ["a", 4],
      ["b", 2],
    ]),
  ];
  const second = 1 / Math.log2(3);
  expect(qualityOf(asked, [["b", "a"]]).ndcg).toBeCloseTo((2 + 4 * second) / (4 + 2 * second));
});
