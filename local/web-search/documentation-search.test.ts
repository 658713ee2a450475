import { describe, expect, it } from "vitest";
import { plainText } from "#local/documentation/plain-text.ts";
import { nodesOf, readDocument } from "#local/documentation/read-document.ts";
import { processorMsOf } from "#test/support/processor-time.ts";
import { openDocumentationSearch } from "./documentation-search.ts";
import { longestPassage } from "./passage.ts";

const { search } = await openDocumentationSearch();
const locationsOf = (question: string, count: number) =>
  search(question, count).map(({ location }) => location);

/** The page, and where it matters the section, that answers each question. */
const questions: [question: string, location: string][] = [
  ["What is Enterprise Agentic AI?", "/README"],
  ["How does take-over work?", "/docs/questions#how-does-take-over-work"],
  ["How does take-over work? Quote the documentation.", "/docs/questions#how-does-take-over-work"],
  ["What does it cost?", "/docs/questions#what-does-it-cost"],
  ["How much does this cost?", "/docs/questions#what-does-it-cost"],
  ["What do I pay while nobody chats?", "/docs/reference/cost#while-nobody-chats-280-a-month"],
  ["What do 1,000 turns cost?", "/docs/reference/cost#1000-turns"],
  ["How do I connect Ollama?", "/docs/connect-a-model#ollama-on-this-machine"],
  ["How do I connect AWS?", "/docs/connect-a-model#amazon-bedrock-in-your-aws-account"],
  ["Which model are you?", "/docs/questions#which-model-answers"],
  [
    "What happens when the function crashes?",
    "/docs/questions#what-happens-when-a-function-crashes",
  ],
  ["What happens when I close the page?", "/docs/questions#what-happens-when-i-close-the-page"],
  ["How long are conversations kept?", "/docs/questions#how-long-are-conversations-kept"],
  ["When is my conversation deleted?", "/docs/questions#how-long-are-conversations-kept"],
  ["Where is my data stored?", "/docs/questions#where-is-my-data-stored"],
  ["Is it private?", "/docs/questions#where-is-my-data-stored"],
  [
    "Who can see my conversations?",
    "/docs/questions#who-can-see-my-conversations-and-read-my-messages",
  ],
  [
    "Who can read my messages?",
    "/docs/questions#who-can-see-my-conversations-and-read-my-messages",
  ],
  ["How many messages may I send per minute?", "/docs/questions#how-many-messages-may-i-send"],
  ["What is the rate limit?", "/docs/questions#how-many-messages-may-i-send"],
  ["What happens when the budget is used up?", "/docs/questions#what-happens-when-the-budget"],
  ["Where do I set the budget?", "/docs/questions#where-do-i-set-the-budget"],
  ["What tools do you have?", "/docs/questions#what-tools-does-the-agent-have"],
  ["Do you ask for approval before you act?", "/docs/questions#when-does-the-agent-ask"],
  ["How do I deploy it?", "/docs/questions#how-do-i-deploy-it"],
  ["How do I roll back a deployment?", "/docs/operations#roll-back"],
  ["How do I rotate secrets?", "/docs/operations#rotate-secrets"],
  ["How do I change the password?", "/docs/questions#how-do-i-change-a-password"],
  ["How do I use the API from a program?", "/docs/programs"],
  ["How do I edit a message?", "/docs/architecture#versions-and-branches"],
  ["What is a fence?", "/docs/decisions/002-a-lease-with-a-fence"],
  ["What does the model remember?", "/docs/questions#what-does-the-model-remember"],
  ["How fast is the first token?", "/docs/performance#the-first-token-in-aws"],
  ["What is the local twin?", "/docs/questions#what-is-the-local-twin"],
  ["Which alarms are there?", "/docs/reference/alarms"],
  ["TURN_DEADLINE_SECONDS", "/docs/reference/settings#settings-of-npm-start"],
  ["What does the setting webSearch do?", "/docs/reference/tools#web_search"],
  ["How long does a login last?", "/docs/questions#how-long-does-a-login-last"],
  ["Wie funktioniert die Übernahme?", "/docs/questions#how-does-take-over-work"],
  ["Was kostet das?", "/docs/questions#what-does-it-cost"],
  ["Wie verbinde ich Ollama?", "/docs/connect-a-model#ollama-on-this-machine"],
  ["Wie lange werden Gespräche aufbewahrt?", "/docs/questions#how-long-are-conversations-kept"],
  ["Wie kann ich mein Passwort ändern?", "/docs/questions#how-do-i-change-a-password"],
  ["Welche Werkzeuge hast du?", "/docs/questions#what-tools-does-the-agent-have"],
];

it.each(questions)("%s leads to %s", (question, location) => {
  const found = locationsOf(question, 3);
  expect(found, found.join(" ")).toContainEqual(expect.stringContaining(location));
});

it.each([
  "weather in Honolulu",
  "Can I use GPT-4?",
  "giraffe habitat in Kenya",
  "",
  "?",
  "the of and",
  "🦒",
])("%j finds nothing", (question) => {
  expect(search(question, 25)).toEqual([]);
});

it("leaves out the table of the evaluation's cases, whose names are words of questions", () => {
  for (const question of [
    "forecast",
    "evaluation no-forecast german-forecast",
    "quarter refusal",
  ]) {
    expect(locationsOf(question, 25).join(" ")).not.toContain("/docs/evaluation");
  }
});

describe("a passage", () => {
  it.each(questions)("for %s is text of its section, in whole sentences", (question) => {
    for (const { location, text } of search(question, 3)) {
      expect(text.length).toBeGreaterThan(20);
      expect(text.length).toBeLessThanOrEqual(longestPassage);
      const [path = ""] = location.slice(1).split("#");
      const written = textOf(`${path}.md`);
      // The cells of a row are joined, so a passage of prose is compared by its first words.
      const [start = ""] = text.split(/[:;]/);
      expect(written).toContain(start.slice(0, 40));
    }
  });

  it("for a question of the demo quotes the documentation word for word", () => {
    const [first] = search("How does take-over work?", 1);
    expect(textOf("docs/questions.md")).toContain(first?.text.slice(0, 400));
    expect(first?.text).toMatch(/\.$/);
  });
});

it("a question of 200 characters, or of one word two hundred times, is fast", () => {
  const ms = processorMsOf(() => {
    search("turn ".repeat(40), 25);
    search("conversation lease fence budget message answer model tool page ".repeat(3), 25);
  });
  expect(ms).toBeLessThan(3_000);
});

function textOf(path: string): string {
  const blocks = [...nodesOf(readDocument(path).tree)].filter(({ type }) =>
    ["paragraph", "tableCell", "code", "heading"].includes(type),
  );
  return blocks.map((block) => plainText(block).replaceAll(/\s+/g, " ")).join(" ");
}
