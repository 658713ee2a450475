import { quote } from "#local/bedrock/demo/history.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Question } from "#local/bedrock/demo/skill.ts";
import { connectModel } from "./links.ts";

/** One line with one action, for everything that no rule answers. */
export function cannotAnswer(question: Question): string {
  const asked = quote(question.text);
  return sayIn(question.language)(
    `The demo model has no rule for ${asked}: that needs a language model. ${connectModel(question)}`,
    `Das Demo-Modell hat keine Regel für ${asked}: Das braucht ein Sprachmodell. ${connectModel(question)}`,
  );
}
