import { quote } from "#local/bedrock/demo/history.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import { findTool, type Question, type Skill } from "#local/bedrock/demo/skill.ts";
import {
  bestQuote,
  contentWords,
  type FoundSource,
  isSampleIndex,
  readSources,
} from "#local/bedrock/demo/sources.ts";
import { documentationLink } from "./links.ts";

const request =
  /^.*?\b(?:(?:search|look|browse)(?: on| in)?(?: the)? (?:web|internet|online)|search(?: for)?|google|look up|find(?: me)?(?: the)? (?:latest )?news|latest news|news (?:about|on)|what(?:'s| is) (?:in )?the (?=news)|suche?(?: bitte)?(?: im (?:internet|web|netz))?(?: nach)?|such(?: bitte)? im (?:internet|web|netz)|neuigkeiten (?:zu|über))\b\s*(?:for|about|on|after|nach|zu|über|:)?\s*/iu;

/** Searches, and says what the search knows: the twin's knows only this project's documentation. */
export const webSearch: Skill = (question) => {
  const tool = findTool(question, "web_search");
  const subject = question.text.replace(request, "").replace(/[\s?.!]+$/u, "");
  if (!tool || !request.test(question.text) || subject === "") return undefined;
  const isInDocuments = /\b(?:documents?|documentation|docs|dokument\w*)\b/iu.test(question.text);
  if (isInDocuments && findTool(question, "search_documents")) return undefined;
  const input = { query: subject.slice(0, 200).toWellFormed() };
  const announcement = sayIn(question.language)("Let me search.", "Ich suche.");
  return oneCall(question, { tool, input, announcement }, (result) =>
    showFindings(readSources(result), subject, question),
  );
};

function showFindings(sources: FoundSource[], subject: string, question: Question): string {
  const say = sayIn(question.language);
  const isSample = isSampleIndex(sources) || sources.length === 0;
  const wanted = contentWords(subject);
  const fitting = sources.filter(({ title, text }) => {
    const words = contentWords(`${title} ${text}`);
    const found = wanted.filter((word) => words.includes(word)).length;
    return found > 0 && found > wanted.length / 2;
  });
  const tools = documentationLink(question, "reference/tools", "`TOOL_WEB_SEARCH`");
  const remark = isSample
    ? say(
        `The search of \`npm start\` holds only this project's documentation, not the web. ${tools} says how a deployment searches the web itself.`,
        `Die Suche von \`npm start\` kennt nur die Dokumentation dieses Projekts, nicht das Web. ${tools} sagt, wie eine Installation im Web sucht.`,
      )
    : "";
  if (fitting.length === 0) {
    return [
      say(
        `The search found nothing about ${quote(subject)}.`,
        `Die Suche fand nichts zu ${quote(subject)}.`,
      ),
      remark,
    ]
      .filter(Boolean)
      .join(" ");
  }
  const lines = fitting
    .slice(0, 3)
    .map(({ index, title, text }) => `- ${title}: “${bestQuote(text, subject)}” [${index}]`);
  return [say("This is what the search found:", "Das fand die Suche:"), lines.join("\n"), remark]
    .filter(Boolean)
    .join("\n\n");
}
