/** Returns the middle value, or the mean of the two middle values. @throws Error without values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [lower, upper] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (lower === undefined || upper === undefined) throw new Error("There is no median of nothing.");
  return (lower + upper) / 2;
}

/**
 * Returns the median of the rounds' ratios. A ratio within one round compares figures that were measured seconds apart,
 * so a machine that slows down between rounds does not distort it.
 */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  const rounds = Math.min(values.length, others.length);
  return median(
    Array.from({ length: rounds }, (_, round) => at(values, round) / at(others, round)),
  );
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error(`There is no round ${index}.`);
  return value;
}
