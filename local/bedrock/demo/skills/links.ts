import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Question } from "#local/bedrock/demo/skill.ts";

/** The one action of a refusal: connect a real model. */
export function connectModel({ guideUrl, language }: Question): string {
  const say = sayIn(language);
  const words = say("Connect Ollama or AWS", "Ollama oder AWS verbinden");
  return guideUrl === undefined ? `${words}.` : `[${words}](${guideUrl})`;
}

/** Returns a link to a page of the documentation site, or the words alone. */
export function documentationLink({ guideUrl }: Question, path: string, words: string): string {
  return guideUrl === undefined ? words : `[${words}](${new URL(path, guideUrl).href})`;
}
