import { type Fact, type Facts, factKey } from "./facts.ts";

const factQuestion =
  /(?:what(?:'s| is| are| was| were)?|(?:who|when)(?:'s| is)?|tell me|remind me of|do you (?:still )?(?:know|remember)(?: what)?)\s+(my|our|the)\s+([\p{L}' -]+?)(?:\s+(?:is|are|again|called|named))*$/iu;

const fixedQuestions: [RegExp, string][] = [
  [/\bwho am I$/iu, "name"],
  [/\bwhere (?:do I live|I live)$/iu, "home"],
  [/\bwhere (?:am I|do I come) from$/iu, "origin"],
  [/\bwhere do I work$|\bwhat do I do for a living$/iu, "work"],
  [/\bwhat do I (?:like|love|enjoy)$/iu, "likes"],
];
const everything = /\bwhat (?:do you (?:know|remember) about me|have I told you|did I tell you)/iu;

/** Answers all questions about facts in one message. Returns undefined if there is none. */
export function recall(question: string, facts: Facts): string | undefined {
  if (everything.test(question)) return listFacts(facts);
  const answers = questionParts(question).flatMap((part) => recallOne(part, facts) ?? []);
  return answers.length > 0 ? answers.join(" ") : undefined;
}

function recallOne(part: string, facts: Facts): string | undefined {
  const fixed = fixedQuestions.find(([pattern]) => pattern.test(part))?.[1];
  const [, owner, words] = part.match(factQuestion) ?? [];
  if (fixed === undefined && words === undefined) return undefined;
  const name = fixed ?? words ?? "";
  const fact = facts.get(factKey(name));
  if (fact) return toSentence(fact);
  // "What is the weather?" is about the world. Only "my weather" is about a stated fact.
  if (owner?.toLowerCase() === "the") return undefined;
  return `You have not told me ${paraphrase(name)} in this conversation.`;
}

function toSentence({ name, value }: Fact): string {
  switch (name) {
    case "home":
      return `You live in **${value}**.`;
    case "origin":
      return `You come from **${value}**.`;
    case "work":
      return `You work **${value}**.`;
    case "likes":
      return `You like **${value}**.`;
    default:
      return `Your ${name} is **${value}**.`;
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

function listFacts(facts: Facts): string {
  if (facts.size === 0) return "You have not told me anything about yourself in this conversation.";
  const lines = [...facts.values()].map((fact) => `- ${toSentence(fact)}`);
  return ["This is what you have told me in this conversation:", "", ...lines].join("\n");
}

function questionParts(question: string): string[] {
  return question
    .split(/[?.!,\n]+|\s+and\s+/iu)
    .map((part) => part.trim())
    .filter(Boolean);
}
