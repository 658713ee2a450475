import { quote } from "#local/bedrock/demo/history.ts";
import { languageOf, sayIn } from "#local/bedrock/demo/language.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import { findTool, type Question, type Skill } from "#local/bedrock/demo/skill.ts";
import {
  bestQuote,
  contentWords,
  type FoundSource,
  readSources,
} from "#local/bedrock/demo/sources.ts";
import { documentationLink } from "./links.ts";

/** Words of this product. A question with one of them is about the product. */
const productWords =
  /(?<!\p{L})(?:take-?overs?|leases?|fences?|checkpoints?|twins?|neon|postgres(?:ql)?|lambdas?|bedrock|dynamodb|cloudfront|api gateway|langgraph|ollama|mcp|deploy(?:s|ed|ing|ment)?|webhooks?|approv(?:e|al|als)|gate|receipts?|rate[- ]limits?|requests? (?:a|per) minute|anfragen (?:pro|je) minute|budgets?|api keys?|sessions?|password|secrets?|tokens?|crash(?:es|ed)?|architecture|conversations?|stream(?:s|ed|ing)?|read[- ]only|sls|serverless|migrations?|backups?|privacy|private|secur(?:e|ity)|open source|licen[cs]e|documentation|readme|settings?|environment variables?|cold starts?|latency|performance|memory work|idempoten\w*|retention|deleted?|twin|runner|health check|alarms?|logs|metrics|browsers?|tabs?|reload|offline|network|users?|people|uploads?|documents?|languages?|export|claude|anthropic|messages?|remember|add a tool|customi[sz]e|contribute|web search|websuche|market data|börsendaten|own database|eigene datenbank|sso|single sign-on|user accounts?|tool servers?|architektur|nachrichten|openai|chatgpt|own model|models?|aws|übernahme|absturz|abstürz\w*|bereitstell\w*|kosten|kostet|freigaben?|genehmigung\w*|gespeichert|datenschutz|sicherheit|unterhaltung\w*|gespräche?|einstellungen?|dokumentation|zwilling|passwort|lizenz|architektur|ratenbegrenzung)(?!\p{L})/iu;
/** "How much does this cost?", "What happens when a server dies?" */
const aboutThis =
  /\b(?:this|the|your|dieses?|das|die|euer)\s+(?:app|application|product|project|system|chat|service|software|program|tool|thing|page|site|programm|projekt|produkt|anwendung|seite|dienst)\b|\b(?:does|do|will|would) (?:this|it|you) cost\b|\bwhat (?:it|this) costs?\b|\bprice of (?:this|it)\b|\bhow expensive\b|\bcost of (?:this|running)\b|\bwas kostet (?:das|es|dies)\b|\bhow does (?:this|it) work\b|\bwie funktioniert (?:das|es|dies)\b|\bquote the docs\b|\bzitiere\b/iu;
const questionWords =
  /\?|^(?:and |und )?(?:what|how|why|when|where|which|who|can|could|is|are|does|do|will|explain|describe|tell me|show me|quote|was|wie|warum|wann|wo|welche\w*|wer|kann|können|ist|sind|gibt|erkläre?|beschreibe?|zeige?|zitiere)\b|\b(?:quote the doc|zitiere)/iu;

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
  const tool = findTool(question, "web_search");
  if (!tool || !isAbout || onlyCourtesy.test(withoutCourtesy(text))) return undefined;
  const announcement = sayIn(question.language)(
    "Let me look it up in the documentation.",
    "Ich sehe in der Dokumentation nach.",
  );
  return oneCall(question, { tool, input: { query: queryOf(text) }, announcement }, (result) =>
    quoteSources(bestSources(readSources(result), text), question),
  );
};

function quoteSources(sources: FoundSource[], question: Question): string {
  if (sources.length === 0) return nothingFits(question);
  const say = sayIn(question.language);
  const quotes = sources.map(({ index, title, text }) => {
    // The answer to this very question is quoted whole.
    const quote = title.includes(answersPage)
      ? text.replace(furtherPages, "")
      : bestQuote(text, question.text);
    return `> “${quote}” [${index}]\n>\n> — ${title.replace(sampleMark, "")}`;
  });
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
  return isAboutPrice.test(text)
    ? "What does it cost?"
    : withoutCourtesy(text).slice(0, 200).toWellFormed();
}

const withoutCourtesy = (text: string): string =>
  text
    .replaceAll(
      /\b(?:please|bitte|tell me (?:something |more )?about(?: your| the)?|explain(?: how)?|erkläre?|(?:quote|zitiere) (?:the|die|aus der) (?:documentation|docs|dokumentation))\b/giu,
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
