import { expect, it } from "vitest";
import { indexVectors, indexWords } from "./index-statements.ts";

const version = { versionId: "v", language: "english", title: "Title", name: "file.pdf" };

it("every chunk is in exactly one statement", () => {
  const ranges = (chunks: number) =>
    indexWords({ ...version, chunks }).map(({ params }) => params.slice(3));
  expect(ranges(0)).toEqual([]);
  expect(ranges(1)).toEqual([[0, 0]]);
  expect(ranges(500)).toEqual([[0, 499]]);
  expect(ranges(1_001)).toEqual([
    [0, 499],
    [500, 999],
    [1_000, 1_000],
  ]);
});

it("a version is found by its title and its file's name without the ending", () => {
  const titles = (names: object) => indexWords({ ...version, chunks: 1, ...names })[0]?.params[2];
  expect(titles({})).toEqual(["Title", "file"]);
  expect(titles({ title: undefined })).toEqual(["file"]);
});

it("a statement has the vectors from its first ordinal on, with five decimals", () => {
  const vectors = Array.from({ length: 101 }, (_, index) => Float32Array.of(index, 1 / 3));
  const [first, second] = indexVectors("v", "model", vectors);
  expect(first?.params.slice(0, 3)).toEqual(["v", "model", 0]);
  expect(first?.params[3]).toHaveLength(100);
  expect(second?.params).toEqual(["v", "model", 100, ["[100,0.33333]"]]);
});
