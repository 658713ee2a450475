import { type Fact, type Facts, factKey } from "./facts.ts";
import { type Language, sayIn, withCapital } from "./language.ts";

const factQuestion =
  /(?:what(?:'s| is| are| was| were)?|(?:who|when)(?:'s| is)?|tell me|remind me of|do you (?:still )?(?:know|remember)(?: what)?|was (?:ist|sind|war)|wie (?:heißt|heißen|ist|lautet)|wer ist|weißt du(?: noch)?)\s+(my|our|the|mein\w*|unser\w*|der|die|das)\s+([\p{L}' -]+?)(?:\s+(?:is|are|again|called|named|ist|sind|noch))*$/iu;

const fixedQuestions: [RegExp, string][] = [
  [/\bwho am I$|\bwer bin ich$|\bwie heiße? ich$|\bwie ist mein name$/iu, "name"],
  [/\bwhere (?:do I live|I live)$|\bwo (?:wohne|lebe) ich$/iu, "home"],
  [/\bwhere (?:am I|do I come) from$|\bwoher komme ich$/iu, "origin"],
  [/\bwhere do I work$|\bwhat do I do for a living$|\bwo arbeite ich$/iu, "work"],
  [/\bwhat do I (?:like|love|enjoy)$|\bwas (?:mag|liebe) ich$/iu, "likes"],
];
const everything =
  /\bwhat (?:do you (?:know|remember) about me|have I told you|did I tell you)|\bwas weißt du über mich\b/iu;

/** Answers all questions about facts in one message. Returns undefined if there is none. */
export function recall(question: string, facts: Facts, language: Language): string | undefined {
  if (everything.test(question)) return listFacts(facts, language);
  const answers = questionParts(question).flatMap((part) => recallOne(part, facts, language) ?? []);
  return answers.length > 0 ? answers.join(" ") : undefined;
}

function recallOne(part: string, facts: Facts, language: Language): string | undefined {
  const fixed = fixedQuestions.find(([pattern]) => pattern.test(part))?.[1];
  const [, owner, words] = part.match(factQuestion) ?? [];
  if (fixed === undefined && words === undefined) return undefined;
  const name = fixed ?? words ?? "";
  const fact = facts.get(factKey(name)) ?? facts.get(factKey(name.replace(/'s name$/iu, "")));
  if (fact) return toSentence(fact, language);
  // "What is the weather?" is about the world. Only "my weather" is about a stated fact.
  if (owner !== undefined && /^(?:the|der|die|das)$/iu.test(owner)) return undefined;
  return sayIn(language)(
    `You have not told me ${paraphrase(name)} in this conversation.`,
    `Das hast du mir in diesem Gespräch nicht gesagt: ${germanNames[name] ?? name}.`,
  );
}

const germanNames: Record<string, string> = {
  name: "deinen Namen",
  home: "wo du wohnst",
  origin: "woher du kommst",
  work: "wo du arbeitest",
  likes: "was du magst",
};

function toSentence({ name, value }: Fact, language: Language): string {
  const say = sayIn(language);
  switch (name) {
    case "name":
      return say(`Your name is **${value}**.`, `Du heißt **${value}**.`);
    case "home":
      return say(`You live in **${value}**.`, `Du wohnst in **${value}**.`);
    case "origin":
      return say(`You come from **${value}**.`, `Du kommst aus **${value}**.`);
    case "work":
      return say(`You work **${value}**.`, `Du arbeitest **${value}**.`);
    case "likes":
      return say(`You like **${value}**.`, `Du magst **${value}**.`);
    default:
      return say(`Your ${name} is **${value}**.`, `${withCapital(name)}: **${value}**.`);
  }
}

function paraphrase(name: string): string {
  switch (name) {
    case "home":
      return "where you live";
    case "origin":
      return "where you come from";
    case "work":
      return "where you work";
    case "likes":
      return "what you like";
    default:
      return `your ${name}`;
  }
}

function listFacts(facts: Facts, language: Language): string {
  const say = sayIn(language);
  if (facts.size === 0) {
    return say(
      "You have not told me anything about yourself in this conversation.",
      "Du hast mir in diesem Gespräch noch nichts über dich gesagt.",
    );
  }
  const lines = [...facts.values()].map((fact) => `- ${toSentence(fact, language)}`);
  const heading = say(
    "This is what you have told me in this conversation:",
    "Das hast du mir in diesem Gespräch gesagt:",
  );
  return [heading, "", ...lines].join("\n");
}

function questionParts(question: string): string[] {
  return question
    .split(/[?.!,\n]+|\s+(?:and|und)\s+/iu)
    .map((part) => part.trim())
    .filter(Boolean);
}
