import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";

const request =
  /\bfail\b.*\b(?:try|retry|again|once)\b|\bmake (?:a|one) mistake\b|\b(?:scheitere?|fehler)\b.*\b(?:nochmal|noch ein ?mal|erneut|wieder|versuche?)\b/iu;
const wrong = "12 * (3 + 4";
const right = "12 * (3 + 4)";

/** A call that really fails, and the corrected one after it. */
export const failAndRetry: Skill = (question) => {
  const calculator = findTool(question, "calculator");
  return calculator && request.test(question.text) ? failOnce(question, calculator) : undefined;
};

function* failOnce(question: Question, tool: ToolSpecification): Work {
  const say = sayIn(question.language);
  const [first] = yield {
    calls: [{ tool, input: { expression: wrong } }],
    announcement: say(
      `On purpose I send the calculator an expression without its last parenthesis: \`${wrong}\`.`,
      `Mit Absicht schicke ich dem Rechner einen Ausdruck ohne die letzte Klammer: \`${wrong}\`.`,
    ),
  };
  const [second] = yield {
    calls: [{ tool, input: { expression: right } }],
    announcement: say(
      `The call failed: “${first?.text ?? ""}” I read that, correct the expression and try again.`,
      `Der Aufruf ist gescheitert: „${first?.text ?? ""}“ Ich lese das, verbessere den Ausdruck und versuche es noch einmal.`,
    ),
  };
  return say(
    `\`${right}\` = **${second?.text ?? ""}**. Both calls were real: a tool's error goes back to the model, which may correct itself.`,
    `\`${right}\` = **${second?.text ?? ""}**. Beide Aufrufe waren echt: Der Fehler eines Werkzeugs geht an das Modell zurück, das sich verbessern kann.`,
  );
}
