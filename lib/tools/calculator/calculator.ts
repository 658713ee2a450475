import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import { evaluate, knownNames } from "./expression.ts";
import { showQuantity } from "./show-quantity.ts";

const maxLength = 500;

export const calculator = defineTool({
  name: "calculator",
  description: [
    "Evaluates an arithmetic expression, for example (1.5 + 2) * 4^2 or round(1234.5 * 0.19, 2).",
    "Operators: + - * / ^ ! % and parentheses. 10 % 3 is a remainder, 12% a percentage: 100 - 20% is 80.",
    `Known names: ${knownNames.join(", ")}. Angles are in radians; log is natural, log(x, base) is not.`,
    'Results are exact unless they begin with "about".',
  ].join(" "),
  input: v.object({
    expression: v.pipe(
      v.string(),
      v.maxLength(maxLength, `must have at most ${maxLength} characters`),
      v.description("The expression, numbers with a decimal point and without separators"),
    ),
  }),
  effect: "none",
  resultText: "own",
  hint: "use it for all arithmetic.",
  run: ({ expression }) => showQuantity(evaluate(expression)),
});
