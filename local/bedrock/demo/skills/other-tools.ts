import { fillFromSchema } from "#local/bedrock/demo/fill-from-schema.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { spellOutNumbers } from "#local/bedrock/demo/number-words.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import { presentResult } from "#local/bedrock/demo/present-result.ts";
import type { Skill } from "#local/bedrock/demo/skill.ts";

/** Tools that have a skill of their own. */
const known = new Set(
  "calculator current_time sql_query web_search read_page save_note recall_notes send_webhook search_documents list_documents read_document".split(
    " ",
  ),
);

/** German words for words in the names of sample tools. */
const translations: Record<string, string> = {
  die: "dice",
  würfel: "dice",
  würfle: "roll dice",
  würfeln: "dice",
  wirf: "roll",
  zähle: "count",
  zähl: "count",
  langsam: "slowly",
  pflanzen: "plants",
  pflanze: "plant",
  gieße: "water",
  giess: "water",
  büro: "office",
};

/** Calls the offered tool whose name, or words of whose name, are in the question: "Roll two dice", "Count slowly to 5". */
export const otherTools: Skill = (question) => {
  const text = spellOutNumbers(question.text, question.language);
  const words = wordsOf(text);
  const ranked = question.tools
    .filter(({ name }) => !known.has(name))
    .map((tool) => ({ tool, score: nameScore(tool.name, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
  const [best] = ranked;
  if (!best) return undefined;
  const subject = text.replace(request, "").replace(/[?.!\s]+$/u, "") || text;
  const input = fillFromSchema(best.tool.inputSchema.json, {
    subject,
    numbers: (text.match(/-?\d+(?:\.\d+)?/gu) ?? []).map(Number),
    words: text,
  });
  const announcement = sayIn(question.language)(
    `I will use the tool \`${best.tool.name}\`.`,
    `Ich benutze das Werkzeug \`${best.tool.name}\`.`,
  );
  return oneCall(question, { tool: best.tool, input, announcement }, (result) =>
    presentResult(result, question.language),
  );
};

/** Matches the words before the subject of a request. */
const request =
  /^.*?\b(?:search|look|query|ask|use|find|show|get|call|save|send)\b[^:]*?(?:\bfor\b|\babout\b|\bof\b|\bup\b|\bwith\b|:)\s*/iu;

function wordsOf(text: string): Set<string> {
  const written: string[] = text.toLowerCase().match(/[\p{L}\d_]+/gu) ?? [];
  return new Set(written.flatMap((word) => [word, ...(translations[word]?.split(" ") ?? [])]));
}

/** Two words of a tool's name must be in the question, or its whole name. One alone is mostly chance. */
function nameScore(name: string, words: Set<string>): number {
  if (words.has(name.toLowerCase())) return 10;
  const parts = name
    .toLowerCase()
    .split(/[_-]/u)
    .filter((part) => part.length > 2);
  const found = parts.filter((part) => words.has(part)).length;
  return found > 1 ? found : 0;
}
