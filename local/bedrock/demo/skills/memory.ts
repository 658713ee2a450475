import type { Facts } from "#local/bedrock/demo/facts.ts";
import { recallHistory } from "#local/bedrock/demo/history.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { recall } from "#local/bedrock/demo/recall.ts";
import type { Question, Skill } from "#local/bedrock/demo/skill.ts";

/** What the person has stated about themselves, and the conversation itself. Both come from the messages of the request. */
export const memory: Skill = ({ text, messages, facts, language }) =>
  recallHistory(text, messages, language) ?? recall(text, facts, language);

/** Answers a statement about the person. */
export function acknowledge(stated: Facts, { language }: Question): string {
  const name = stated.get("name")?.value;
  const names = [...stated.values()].map((fact) => fact.name).join(", ");
  return sayIn(language)(
    `${name === undefined ? "Thank you." : `Nice to meet you, ${name}!`} I will remember that for this conversation (${names}).`,
    `${name === undefined ? "Danke." : `Schön, dich kennenzulernen, ${name}!`} Ich merke mir das für dieses Gespräch (${names}).`,
  );
}
