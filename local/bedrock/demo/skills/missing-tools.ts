import { sayIn } from "#local/bedrock/demo/language.ts";
import { findTool, type Question, type Skill } from "#local/bedrock/demo/skill.ts";
import { documentationLink } from "./links.ts";

interface MissingTool {
  pattern: RegExp;
  /** "the weather" */
  english: string;
  /** "das Wetter" */
  german: string;
  /** A tool of this name can do it. */
  isOffered?: RegExp;
}

const missing: MissingTool[] = [
  {
    pattern:
      /\b(?:weather|forecast|temperature (?:in|outside)|rain(?:ing)?|sunny|snow(?:ing)?|wetter\w*|regnet?|temperatur in|schneit)\b/iu,
    ...{ english: "the weather", german: "das Wetter", isOffered: /weather/iu },
  },
  {
    pattern: /\b(?:e-?mails?|mail)\b|\b[\w.+-]+@[\w-]+\.\w+/iu,
    ...{ english: "mail", german: "E-Mail", isOffered: /mail/iu },
  },
  {
    pattern:
      /\b(?:remind me|set (?:an? )?(?:alarm|timer|reminder)|calendar|appointment|schedule a|meeting (?:with|at|on)|erinnere? mich|wecker|kalender|termin)\b/iu,
    ...{
      english: "calendars and reminders",
      german: "Kalender und Erinnerungen",
      isOffered: /calendar|remind/iu,
    },
  },
  {
    pattern:
      /\b(?:book|order|buy|reserve|buche?|bestelle?|reservier\w*|kaufe?)\b.*\b(?:flight|hotel|table|taxi|ticket|pizza|room|train|food|flug|tisch|zimmer|zug)\b/iu,
    ...{
      english: "bookings and orders",
      german: "Buchungen und Bestellungen",
      isOffered: /book|order_/iu,
    },
  },
  {
    pattern:
      /\b(?:generate|create|draw|paint|make|male?|zeichne|erzeuge)\b.*\b(?:picture|image|photo|logo|cat|dog|bild|foto|katze|hund)\b/iu,
    ...{ english: "pictures", german: "Bilder", isOffered: /image|picture/iu },
  },
];

const stocks =
  /\b(?:stock|share) (?:price|quote|market)s?\b|\bprice of .*\b(?:stock|shares?)\b|\btrading at\b|\b(?:aktienkurs|börsenkurs|aktie)\b|\bkurs (?:von|der)\b|\bmarket cap\b/iu;

/** Says in one line that no such tool is here, and what would bring one. */
export const missingTools: Skill = (question) => {
  if (stocks.test(question.text) && !findTool(question, "market_data"))
    return withoutMarketData(question);
  const found = missing.find(({ pattern }) => pattern.test(question.text));
  if (!found || question.tools.some(({ name }) => found.isOffered?.test(name))) return undefined;
  const say = sayIn(question.language);
  const mcp = documentationLink(
    question,
    "tool-servers",
    say("how to add one", "wie man einen hinzufügt"),
  );
  const lines = [
    say(
      `There is no tool for ${found.english} here. An MCP server with such a tool would bring one: ${mcp}.`,
      `Hier gibt es kein Werkzeug für ${found.german}. Ein MCP-Server mit einem solchen Werkzeug brächte eins: ${mcp}.`,
    ),
  ];
  if (found.english === "mail" && findTool(question, "send_webhook")) {
    lines.push(
      say(
        "What I can send is a webhook: `send_webhook` asks you before it acts.",
        "Senden kann ich einen Webhook: `send_webhook` fragt dich, bevor es handelt.",
      ),
    );
  }
  return lines.join(" ");
};

function withoutMarketData(question: Question): string {
  const setting = documentationLink(
    question,
    "reference/tools#market_data",
    "`TOOL_MARKET_DATA=fmp`",
  );
  return sayIn(question.language)(
    `There is no tool for market data here, and I never guess a price. In a deployment a key of Financial Modeling Prep brings one: ${setting} and the secret \`fmp-api-key\`.`,
    `Hier gibt es kein Werkzeug für Börsendaten, und ich rate keinen Kurs. In einer Bereitstellung bringt ein Schlüssel von Financial Modeling Prep eins: ${setting} und das Geheimnis \`fmp-api-key\`.`,
  );
}
