import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Question, Skill } from "#local/bedrock/demo/skill.ts";
import { connectModel } from "./links.ts";

const greetingWords =
  /^(?:(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|hallo|moin|servus|grüß gott|guten (?:morgen|tag|abend)|there|zusammen|demo|everyone)[\s\p{P}\p{Extended_Pictographic}]*)+$/iu;
const thanks = /^(?:thanks|thank you|thx|ty|danke(?:schön)?|vielen dank|merci)\b[^?]{0,40}$/iu;
const farewell =
  /^(?:good ?bye|bye(?: bye)?|see you(?: later)?|ciao|tschüss|auf wiedersehen|bis (?:bald|dann))[\s\p{P}]*$/iu;
const agreement =
  /^(?:ok|okay|good|great|perfect|nice|cool|super|gut|prima|alles klar|yes|no|ja|nein|[\p{Extended_Pictographic}\p{Emoji_Modifier}\s]{1,12})[\s\p{P}]*$/iu;
const identity =
  /\bwho are you\b|\bwhat are you\b|\bwhich (?:ai |language )?model\b|\bwhat (?:ai |language )?model\b|\bare you (?:an? )?(?:real|ai|model|llm|bot|human|chatgpt|gpt|claude|gemini|person)\b|\bwho (?:made|built|created) you\b|\bwer hat dich (?:gemacht|gebaut|entwickelt)\b|\byour name\b|\bwer bist du\b|\bwas bist du\b|\bwelches (?:ki-?)?modell\b|\bbist du (?:ein|eine|echt|chatgpt|ki)\b|\bwie heißt du\b|\bhow (?:are you|do you feel)\b|\bwie geht es dir\b|\bwie geht's\b/iu;
const abilitiesQuestion =
  /\bwhat (?:else )?can you do\b|\bwhat (?:are|do) you (?:able|know how)\b|\bwhat are your (?:abilities|features|tools|skills)\b|\bwhich tools\b|\bwhat tools\b|\bhow can you help\b|\bwhat can I (?:ask|do|try)\b|^help\b|\bcan you help\b|\bwhat can I ask\b|\bkannst du (?:mir )?helfen\b|\bwas kannst du\b|\bwas kann ich (?:dich )?(?:fragen|tun|machen)\b|\bwelche werkzeuge\b|^hilfe\b/iu;

export const smallTalk: Skill = (question) => {
  const { text, language, facts } = question;
  const say = sayIn(language);
  if (greetingWords.test(text)) {
    const name = facts.get("name")?.value;
    return [
      say(
        `Hello${name ? `, ${name}` : ""}! I am the built-in demo model: rules instead of a language model, with the real tools of this system. Try:`,
        `Hallo${name ? `, ${name}` : ""}! Ich bin das eingebaute Demo-Modell: Regeln statt eines Sprachmodells, mit den echten Werkzeugen dieses Systems. Zum Beispiel:`,
      ),
      "",
      ...tries(question)
        .slice(0, 3)
        .map((line) => `- “${line}”`),
    ].join("\n");
  }
  if (farewell.test(text)) return say("Goodbye!", "Auf Wiedersehen!");
  if (thanks.test(text)) return say("You are welcome.", "Gern geschehen.");
  return agreement.test(text)
    ? say("Good. What else may I show you?", "Gut. Was darf ich dir noch zeigen?")
    : undefined;
};

export const introduction: Skill = (question) => {
  if (abilitiesQuestion.test(question.text)) return abilities(question);
  if (!identity.test(question.text)) return undefined;
  return sayIn(question.language)(
    `I am the built-in demo model (\`demo-model\`): a set of rules that uses this system's real tools. No language model is behind me. ${connectModel(question)} to talk to a real one.`,
    `Ich bin das eingebaute Demo-Modell (\`demo-model\`): Regeln, die die echten Werkzeuge dieses Systems benutzen. Kein Sprachmodell steht hinter mir. ${connectModel(question)}, um mit einem echten Modell zu sprechen.`,
  );
};

/** What a message can be that uses each tool. */
const examples: Record<string, [english: string, german: string]> = {
  calculator: ["What is a 15% tip on 84.50?", "Was sind 15 % von 84,50?"],
  current_time: ["How many days until Christmas?", "Wie viele Tage sind es bis Weihnachten?"],
  sql_query: ["Draw a chart of sales by month", "Zeichne ein Diagramm der Umsätze nach Monat"],
  search_documents: [
    "How does take-over work? Quote the documentation",
    "Wie funktioniert die Übernahme? Zitiere die Dokumentation",
  ],
  list_documents: ["Which documents are there?", "Welche Dokumente gibt es?"],
  read_document: ["Summarise report.pdf", "Fasse bericht.pdf zusammen"],
  web_search: ["Search the web for AWS Lambda", "Suche im Web nach AWS Lambda"],
  send_webhook: ["Send a webhook: Hello from the demo", "Sende einen Webhook: Hallo von der Demo"],
  save_note: ["Remember that I like tea", "Merke dir, dass ich Tee mag"],
  recall_notes: ["What are my notes?", "Was sind meine Notizen?"],
};

/** What a person can try, in their language. */
export function tries({ tools, language }: Pick<Question, "tools" | "language">): string[] {
  const order = [
    "sql_query",
    "search_documents",
    "web_search",
    "current_time",
    "calculator",
    "send_webhook",
    "save_note",
  ];
  const offered = order.filter((name) => tools.some((tool) => tool.name === name));
  const lines = offered.flatMap((name) => examples[name]?.[language === "de" ? 1 : 0] ?? []);
  return [
    ...lines,
    ...sayIn(language)(
      "My name is Ada|Write a long answer|Show me all the formatting you can do",
      "Ich heiße Ada|Schreib eine lange Antwort|Zeig mir alle Formatierungen",
    ).split("|"),
  ];
}

function abilities(question: Question): string {
  const { tools, language } = question;
  const say = sayIn(language);
  const lines = tools.map((tool) => {
    const example = examples[tool.name]?.[language === "de" ? 1 : 0];
    return `- \`${tool.name}\`: ${example ? `“${example}”` : firstSentence(tool)}`;
  });
  return [
    say(
      "I am the demo model: rules, but with the real tools of this system. Registered are:",
      "Ich bin das Demo-Modell: Regeln, aber mit den echten Werkzeugen dieses Systems. Registriert sind:",
    ),
    "",
    ...lines,
    "",
    say(
      "I also remember what you tell me in this conversation, quote and summarise by extract, and show: “Show me all the formatting you can do”, “Fail once, then try again”, “Crash the server in the middle of your answer”, “Show me a quote that is not in the documents”.",
      "Ich merke mir auch, was du in diesem Gespräch sagst, mache Auszüge und zeige: „Zeig mir alle Formatierungen“, „Scheitere einmal, dann versuch es noch einmal“, „Lass den Server mitten in der Antwort abstürzen“, „Zeig mir ein Zitat, das nicht in den Dokumenten steht“.",
    ),
    "",
    say(
      `What needs a language model, I cannot do. ${connectModel(question)}`,
      `Was ein Sprachmodell braucht, kann ich nicht. ${connectModel(question)}`,
    ),
  ].join("\n");
}

const firstSentence = ({ description = "" }: ToolSpecification): string =>
  description.split(/(?<=\.)\s/u)[0] ?? "";
