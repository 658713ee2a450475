import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { quote } from "#local/bedrock/demo/history.ts";
import { languageOf, sayIn } from "#local/bedrock/demo/language.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import { bestPassageQuotes, readPassages, showQuote } from "#local/bedrock/demo/passages.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";
import {
  bestQuote,
  contentWords,
  type FoundSource,
  readSources,
} from "#local/bedrock/demo/sources.ts";
import { projectWordsFor } from "#local/web-search/words.ts";
import { documentationLink } from "./links.ts";

/** Words of this product. A question with one of them is about the product. */
const productWords =
  /(?<!\p{L})(?:take-?overs?|leases?|fences?|checkpoints?|twins?|neon|postgres(?:ql)?|lambdas?|bedrock|dynamodb|cloudfront|api gateway|langgraph|ollama|mcp|deploy(?:s|ed|ing|ment)?|webhooks?|approv(?:e|al|als)|gate|receipts?|rate[- ]limits?|requests? (?:a|per) minute|anfragen (?:pro|je) minute|budgets?|api keys?|sessions?|password|secrets?|tokens?|crash(?:es|ed)?|architecture|conversations?|stream(?:s|ed|ing)?|read[- ]only|sls|serverless|migrations?|backups?|privacy|private|secur(?:e|ity)|open source|licen[cs]e|documentation|readme|settings?|environment variables?|cold starts?|latency|performance|memory work|idempoten\w*|retention|deleted?|twin|runner|health check|alarms?|logs|metrics|browsers?|tabs?|reload|offline|network|users?|people|uploads?|documents?|files?|pdfs?|quotations?|quotes?|citations?|cited|dateien?|dateiformate?|hochladen|zitate?\w*|embeddings?|vectors?|internet|languages?|export|claude|anthropic|messages?|remember|add a tool|customi[sz]e|contribute|web search|websuche|market data|börsendaten|own database|eigene datenbank|sso|single sign-on|user accounts?|tool servers?|architektur|nachrichten|openai|chatgpt|own model|models?|aws|übernahme|absturz|abstürz\w*|bereitstell\w*|kosten|kostet|freigaben?|genehmigung\w*|gespeichert|datenschutz|sicherheit|unterhaltung\w*|gespräche?|einstellungen?|dokumentation|zwilling|passwort|lizenz|architektur|ratenbegrenzung)(?!\p{L})/iu;
/** "How much does this cost?", "What happens when a server dies?" */
const aboutThis =
  /\b(?:this|the|your|dieses?|das|die|euer)\s+(?:app|application|product|project|system|chat|service|software|program|tool|thing|page|site|programm|projekt|produkt|anwendung|seite|dienst)\b|\b(?:does|do|will|would) (?:this|it|you) cost\b|\bwhat (?:it|this) costs?\b|\bprice of (?:this|it)\b|\bhow expensive\b|\bcost of (?:this|running)\b|\bwas kostet (?:das|es|dies)\b|\bhow does (?:this|it) work\b|\bwie funktioniert (?:das|es|dies)\b|\bquote the docs\b|\bzitiere\b/iu;
const questionWords =
  /\?|^(?:and |und )?(?:what|how|why|when|where|which|who|can|could|is|are|does|do|will|explain|describe|tell me|show me|quote|search|look up|suche?|durchsuche?|was|wie|warum|wann|wo|welche\w*|wer|kann|können|ist|sind|gibt|erkläre?|beschreibe?|zeige?|zitiere)\b|\b(?:quote the doc|zitiere)/iu;

const onlyCourtesy = /^[\s.!]*$/u;
const answersPage = "Questions and answers";
/** The last line of an answer names pages, which lose their links in a quote. */
const furtherPages = /\s+More: [^.]*\.$/u;
const maxQuotes = 2;
const sampleMark = " (documentation of this project)";

/** Questions about the product: quotes of its documentation, word for word, with their sources. */
export const documentation: Skill = (question) => {
  const { text } = question;
  const isAbout = questionWords.test(text) && (productWords.test(text) || aboutThis.test(text));
  const search = findTool(question, "search_documents");
  const web = findTool(question, "web_search");
  if (!isAbout || onlyCourtesy.test(withoutCourtesy(text))) return undefined;
  if (search) return searchDocuments(question, search, web);
  return web && searchWeb(question, web, announcementOf(question));
};

const announcementOf = ({ language }: Question) =>
  sayIn(language)("Let me look it up in the documentation.", "Ich sehe in der Dokumentation nach.");

/** The documents hold this documentation at `npm start`, unless that is turned off or they are still being read. */
function* searchDocuments(
  question: Question,
  tool: ToolSpecification,
  web: ToolSpecification | undefined,
): Work {
  const translated = projectWordsFor(question.text).join(" ").replaceAll("takeover", "take-over");
  const asked = `${queryOf(question.text)} ${translated}`.trim();
  const calls = [{ tool, input: { question: asked } }];
  const [outcome] = yield { calls, announcement: announcementOf(question) };
  const passages = outcome?.state === "done" ? readPassages(outcome.text) : [];
  // The documentation is English, and has none of a German question's own words.
  const isForeign = question.language === "de" && translated !== "";
  const quotes = bestPassageQuotes(passages, isForeign ? translated : asked, maxQuotes);
  if (quotes.length > 0) return showQuotes(quotes.map(showQuote), question);
  return web ? yield* searchWeb(question, web, "") : nothingFits(question);
}

function searchWeb(question: Question, tool: ToolSpecification, announcement: string): Work {
  const input = { query: queryOf(question.text) };
  const call = { tool, input, announcement };
  return oneCall(question, call, (result) =>
    quoteSources(bestSources(readSources(result), question.text), question),
  );
}

function quoteSources(sources: FoundSource[], question: Question): string {
  if (sources.length === 0) return nothingFits(question);
  const quotes = sources.map(({ index, title, text }) => {
    // The answer to this very question is quoted whole.
    const quote = title.includes(answersPage)
      ? text.replace(furtherPages, "")
      : bestQuote(text, question.text);
    return `> “${quote}” [${index}]\n>\n> — ${title.replace(sampleMark, "")}`;
  });
  return showQuotes(quotes, question);
}

function showQuotes(quotes: string[], question: Question): string {
  const say = sayIn(question.language);
  return [
    say(
      "The documentation says, word for word:",
      "In der Dokumentation steht wörtlich, auf Englisch:",
    ),
    ...quotes,
    guideFor(question),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** The page that answers questions comes first, if its question is this one. Crumbs of text say nothing alone. */
function bestSources(sources: FoundSource[], question: string): FoundSource[] {
  const wanted = contentWords(queryOf(question));
  // How alike two questions are: the words that both have, of all words that they have.
  const likeness = ({ title }: FoundSource) => {
    const words = contentWords(title.replace(answersPage, "").replace(sampleMark, ""));
    const shared = wanted.filter((word) => words.includes(word)).length;
    return wanted.length === 0 ? 1 : (2 * shared) / (wanted.length + words.length);
  };
  const [first] = sources;
  const [asked] = sources
    .filter((source) => source.title.includes(answersPage) && likeness(source) > 0)
    .toSorted((one, other) => likeness(other) - likeness(one));
  const answer = asked ?? (first?.title.includes(answersPage) ? first : undefined);
  // A German question has no words in common with an English page.
  const isForeign = languageOf([question]) === "de";
  const others = sources.filter(({ title, text }) => {
    const words = contentWords(`${title} ${bestQuote(text, question)}`);
    const found = wanted.filter((word) => words.includes(word)).length;
    const isAbout = isForeign || (found > 0 && found > wanted.length / 2);
    return !title.includes(answersPage) && text.length >= 60 && isAbout;
  });
  return answer ? [answer] : others.slice(0, maxQuotes);
}

/** The search has at most 200 characters. */
function queryOf(text: string): string {
  // The pages about prices name what is paid, and not "this".
  const isAboutPrice = /\b(?:this|it|das|es|system) costs?\b|\bkostet\b|\bexpensive\b|\bteuer\b/iu;
  if (isAboutPrice.test(text)) return "What does it cost?";
  // "Web" and "search" are in every other question, and a turn is something else here.
  const subject = /\bturn on\b/iu.test(text)
    ? `${withoutCourtesy(text)} tool`
    : withoutCourtesy(text);
  return subject.slice(0, 200).toWellFormed();
}

const withoutCourtesy = (text: string): string =>
  text
    .replaceAll(
      /\b(?:please|bitte|tell me (?:something |more )?about(?: your| the)?|explain(?: how)?|erkläre?|(?:quote|zitiere) (?:the|die|das|aus der) (?:documentation|docs|dokumentation|documents?|dokumente?))\b/giu,
      "",
    )
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[\s.]+$/gu, "")
    .trim();

function nothingFits(question: Question): string {
  const asked = quote(withoutCourtesy(question.text));
  const say = sayIn(question.language);
  const page = documentationLink(
    question,
    "questions",
    say("Questions that it answers", "Fragen, die sie beantwortet"),
  );
  return say(
    `I found nothing about ${asked} in the documentation. ${page}`,
    `In der Dokumentation habe ich nichts zu ${asked} gefunden. ${page}`,
  );
}

function guideFor(question: Question): string {
  return /\bollama\b/iu.test(question.text)
    ? documentationLink(
        question,
        "connect-a-model",
        sayIn(question.language)("The guide, step by step", "Die Anleitung, Schritt für Schritt"),
      )
    : "";
}
