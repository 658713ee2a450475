import { sayIn } from "#local/bedrock/demo/language.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import { findTool, type Question, type Skill } from "#local/bedrock/demo/skill.ts";

const address = /\b(?:https?:\/\/\S+?|(?:www\.)[\w.-]+\.\w+\S*?)(?=[\s)>"”’,]|[.?!]*$)/iu;
const maxParagraphs = 2;
const longestParagraph = 500;

/** Reads the page of an address in the message, and shows how it begins. */
export const readPage: Skill = (question) => {
  const [written] = address.exec(question.text) ?? [];
  const tool = findTool(question, "read_page");
  if (!written || !tool) return undefined;
  const url = written.startsWith("http") ? written : `https://${written}`;
  const announcement = sayIn(question.language)("Let me read that page.", "Ich lese die Seite.");
  return oneCall(question, { tool, input: { url }, announcement }, (page) =>
    showBeginning(page, question),
  );
};

function showBeginning(page: string, { language }: Question): string {
  const say = sayIn(language);
  const [, index] = /\[(\d+)\]/u.exec(page) ?? [];
  const paragraphs = page
    .split(/\n{2,}/u)
    .map((text) => text.replaceAll(/\s+/gu, " ").trim())
    .filter((text) => text.length > 60 && !/^\[\d+\]/u.test(text) && !/^[#|]/u.test(text))
    .slice(0, maxParagraphs)
    .map((text) =>
      text.length > longestParagraph
        ? `${text.slice(0, longestParagraph).replace(/\s+\S*$/u, "")}…`
        : text,
    );
  const cited = index === undefined ? "" : ` [${index}]`;
  return [
    say(`The page${cited} begins, word for word:`, `Die Seite${cited} beginnt wörtlich so:`),
    ...(paragraphs.length > 0 ? paragraphs : [page.slice(0, longestParagraph)]).map(
      (text) => `> ${text}`,
    ),
  ].join("\n\n");
}
