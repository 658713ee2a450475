import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { type Expression, findExpressions } from "#local/bedrock/demo/expression.ts";
import { type Language, sayIn, showNumber } from "#local/bedrock/demo/language.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";

/** Arithmetic, also in words. The calculator calculates each expression. */
export const arithmetic: Skill = (question) => {
  const calculator = findTool(question, "calculator");
  const expressions = findExpressions(question.text, question.language);
  return calculator && expressions.length > 0
    ? calculate(question, calculator, expressions)
    : undefined;
};

function* calculate(question: Question, tool: ToolSpecification, expressions: Expression[]): Work {
  const say = sayIn(question.language);
  const outcomes = yield {
    calls: expressions.map(({ exact, isMoney }) => ({
      tool,
      input: { expression: isMoney ? `round(${exact}, 2)` : exact },
    })),
    announcement: say("Let me calculate that.", "Ich rechne das aus."),
  };
  const lines = outcomes.map((outcome, index) => {
    const { exact, isMoney, unit } = expressions[index] as Expression;
    const left = showExpression(exact, question.language);
    if (outcome.state !== "done") {
      return `${left}: ${excuse(outcome, tool.name, question)}`;
    }
    const rounded = isMoney
      ? say(" (rounded to two decimals)", " (auf zwei Stellen gerundet)")
      : "";
    return `${left} = **${showNumber(outcome.text, question.language)}${unit && ` ${unit}`}**${rounded}`;
  });
  return lines.length === 1 ? lines.join("") : lines.map((line) => `- ${line}`).join("\n");
}

/** Returns the expression as people write it. */
function showExpression(expression: string, language: Language): string {
  return expression
    .replaceAll(/sqrt\((\d+(?:\.\d+)?)\)/gu, "√$1")
    .replaceAll(/\s*\*\s*/gu, " × ")
    .replaceAll(/\s*\/\s*/gu, " ÷ ")
    .replaceAll(/\d+(?:\.\d+)?/gu, (digits) => showNumber(digits, language));
}
