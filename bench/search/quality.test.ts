import { beforeAll, describe, expect, it } from "vitest";
import { measureQuality, type QualityFigures } from "./measure-quality.ts";
import { readOwnDocuments } from "./own-documents.ts";
import { readSearchResults } from "./results.ts";

describe("the words of a question", () => {
  let figures: QualityFigures;
  beforeAll(async () => {
    figures = await measureQuality({ vectors: false });
  }, 120_000);

  // The ranking is deterministic. A change of the documentation moves its figures a little.
  it.each([
    ["Cranfield, all", 0.38, 0.405],
    ["Cranfield, even", 0.375, 0.39],
    ["this documentation", 0.62, 0.75],
    ["German documents", 0.9, 1],
  ])("find the passages of: %s", (name, ndcg, recall) => {
    expect(figures[name]?.words?.ndcg).toBeGreaterThanOrEqual(ndcg);
    expect(figures[name]?.words?.recall).toBeGreaterThanOrEqual(recall);
  });
});

it("most judged passages are in the documentation still", async () => {
  const { questions, lost } = await readOwnDocuments();
  // Choose other words in bench/data/questions.json if this fails.
  expect(lost.length, lost.join("\n")).toBeLessThanOrEqual(5);
  expect(questions.length).toBeGreaterThanOrEqual(37);
});

describe("the figures of docs/search.md", () => {
  const { quality, large } = readSearchResults();

  it("words and vectors together are not worse than words alone, on the questions that tuned nothing", () => {
    const { words, both } = quality.figures["Cranfield, even"] ?? {};
    expect(both?.ndcg).toBeGreaterThanOrEqual(words?.ndcg ?? 1);
    expect(both?.recall).toBeGreaterThanOrEqual(words?.recall ?? 1);
    expect(quality.figures["Cranfield, all"]?.both?.ndcg).toBeGreaterThanOrEqual(0.38);
  });

  it("a search over 50,000 chunks is fast enough, and its tables fit into the free database", () => {
    const { chunks, milliseconds, recall, bytes } = large.figures;
    expect(bytes.document_postings).toBeLessThan(4_000);
    expect(chunks).toBe(50_000);
    expect(milliseconds["a question"]?.p95).toBeLessThanOrEqual(250);
    expect(milliseconds["5,000 characters"]?.max).toBeLessThanOrEqual(400);
    for (const form of Object.values(recall)) expect(form.recall).toBeGreaterThanOrEqual(0.95);
  });
});
