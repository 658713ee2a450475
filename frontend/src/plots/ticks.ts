/** How many steps an axis has, about. */
const steps = 5;

/**
 * Returns about six round numbers, in steps of 1, 2 or 5 times a power of ten, and no smaller than `leastStep`. The first is not
 * above `lowest`, the last not below `highest`. If both are equal, there is a step on either side.
 */
export function niceTicks(lowest: number, highest: number, leastStep = 0): number[] {
  if (lowest === highest) {
    const reach = Math.abs(lowest / 2) || 1;
    return niceTicks(lowest - reach, highest + reach, leastStep);
  }
  const rough = Math.max((highest - lowest) / steps, leastStep);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(lowest / step + 1e-9);
  const last = Math.ceil(highest / step - 1e-9);
  // Multiples of a decimal step have errors in the last digits.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Returns the lowest and the highest value. Bars begin at zero, and so do lines unless that would flatten them. */
export function rangeOf(
  values: number[],
  beginsAtZero: boolean,
): [lowest: number, highest: number] {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  if (beginsAtZero) return [Math.min(0, lowest), Math.max(0, highest)];
  if (lowest > 0 && lowest <= highest * 0.6) return [0, highest];
  if (highest < 0 && highest >= lowest * 0.6) return [lowest, 0];
  return [lowest, highest];
}

/** Returns the least step of an axis: a count has no fractions. */
export const leastStepOf = (values: number[]): number => (values.every(Number.isInteger) ? 1 : 0);
