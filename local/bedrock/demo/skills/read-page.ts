import { sayIn } from "#local/bedrock/demo/language.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";

const address = /\b(?:https?:\/\/\S+?|(?:www\.)[\w.-]+\.\w+\S*?)(?=[\s)>"”’,]|[.?!]*$)/iu;
const maxParagraphs = 2;
const longestParagraph = 500;

/** Reads the page of an address in the message, and shows how it begins. */
export const readPage: Skill = (question) => {
  const [url] = address.exec(question.text) ?? [];
  return url && findTool(question, "read_page")
    ? read(question, url.startsWith("http") ? url : `https://${url}`)
    : undefined;
};

function* read(question: Question, url: string): Work {
  const tool = findTool(question, "read_page");
  if (!tool) return "";
  const say = sayIn(question.language);
  const [outcome] = yield {
    calls: [{ tool, input: { url } }],
    announcement: say("Let me read that page.", "Ich lese die Seite."),
  };
  if (outcome?.state !== "done") return outcome ? excuse(outcome, tool.name, question) : "";
  const [, index] = /\[(\d+)\]/u.exec(outcome.text) ?? [];
  const paragraphs = outcome.text
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
    ...(paragraphs.length > 0 ? paragraphs : [outcome.text.slice(0, longestParagraph)]).map(
      (text) => `> ${text}`,
    ),
  ].join("\n\n");
}
