import { expect, it } from "vitest";
import { costOfDatabase, costOfDocuments, costOfTurns, totalOf } from "./cost-of-turns.ts";

const lines = [...costOfTurns(), ...costOfDatabase(), ...costOfDocuments()];

it.each(lines)("the arithmetic of $what gives its cost", ({ arithmetic, usd }) => {
  expect(evaluate(arithmetic)).toBeCloseTo(usd, 6);
});

it("the model costs more than everything else of a turn together", () => {
  const [model, ...others] = costOfTurns();
  expect(model?.usd).toBeGreaterThan(5 * totalOf(others));
});

/** Evaluates sums of products and quotients, as a reader does: "2 M × 0.33 + 1,000 turns × 0.2 / 1 M". */
function evaluate(arithmetic: string): number {
  const millions = arithmetic.replaceAll(/ M\b/g, " × 1000000").replaceAll(",", "");
  const product = (text: string) =>
    text.split(" × ").reduce((value, factor) => value * Number.parseFloat(factor), 1);
  const isModel = arithmetic.includes(" + ");
  const sum = millions.split(" + ").reduce((total, part) => {
    const [over = "", ...under] = part.split(" / ");
    return total + under.reduce((value, one) => value / product(one), product(over));
  }, 0);
  // The model's price is one of a million tokens.
  return isModel ? sum / 1_000_000 : sum;
}
