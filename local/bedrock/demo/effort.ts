import type { ConverseRequest } from "#local/bedrock/converse-request.ts";
import { type Language, sayIn } from "./language.ts";

/** What a question is to the rules. */
interface Considered {
  language: Language;
  words: number;
  tools: number;
  facts: number;
}

/** Returns how much the model was told to think: 0 for not at all, up to 3. */
export function effortOf({ additionalModelRequestFields: fields }: ConverseRequest): number {
  const { maxReasoningEffort } = (fields?.reasoningConfig ?? {}) as { maxReasoningEffort?: string };
  return ["low", "medium", "high"].indexOf(maxReasoningEffort ?? "") + 1;
}

/** Returns what the rules consider before they answer, one sentence for each step of effort. They answer the same either way. */
export function considered(effort: number, { language, words, tools, facts }: Considered): string {
  const say = sayIn(language);
  return [
    say(
      "I am a set of rules: I show what I consider, and my answer stays the same.",
      "Ich bestehe aus Regeln: Ich zeige, was ich berücksichtige, und meine Antwort bleibt dieselbe.",
    ),
    say(
      `Your message has ${words} words, and I try my rules for ${tools} tools on them.`,
      `Deine Nachricht hat ${words} Wörter, und ich probiere darauf meine Regeln für ${tools} Werkzeuge.`,
    ),
    say(
      `From this conversation I know ${facts} facts about you, and use them where a rule needs one.`,
      `Aus dieser Unterhaltung kenne ich ${facts} Fakten über dich und benutze sie, wo eine Regel einen braucht.`,
    ),
  ]
    .slice(0, effort)
    .join(" ");
}
