import type { Question } from "./collection.ts";

export interface Quality {
  /** Between 0 and 1, with linear gain. */
  ndcg: number;
  /** The share of the passages with the answer that are among the first ten. */
  recall: number;
}

const depth = 10;

/** Returns the mean quality of rankings. The n-th ranking answers the n-th question. */
export function qualityOf(
  questions: readonly Question[],
  rankings: readonly (readonly string[])[],
): Quality {
  const each = questions.map(({ grades }, index) => {
    const first = (rankings[index] ?? []).slice(0, depth);
    const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, depth);
    return {
      ndcg: gainOf(first.map((key) => grades.get(key) ?? 0)) / gainOf(ideal),
      recall: first.filter((key) => grades.has(key)).length / grades.size,
    };
  });
  return { ndcg: meanOf(each.map(({ ndcg }) => ndcg)), recall: meanOf(each.map((q) => q.recall)) };
}

const gainOf = (grades: readonly number[]) =>
  grades.reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
