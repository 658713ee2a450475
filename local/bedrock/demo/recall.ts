import { type Fact, type Facts, factKey } from "./facts.ts";

const asked =
  /(?:what(?:'s| is| are| was| were)?|(?:who|when)(?:'s| is)?|tell me|remind me of|do you (?:still )?(?:know|remember)(?: what)?)\s+(my|our|the)\s+([\p{L}' -]+?)(?:\s+(?:is|are|again|called|named))*$/iu;

const fixedQuestions: [RegExp, string][] = [
  [/\bwho am I$/iu, "name"],
  [/\bwhere (?:do I live|I live)$/iu, "home"],
  [/\bwhere (?:am I|do I come) from$/iu, "origin"],
  [/\bwhere do I work$|\bwhat do I do for a living$/iu, "work"],
  [/\bwhat do I (?:like|love|enjoy)$/iu, "likes"],
];
const everything = /\bwhat (?:do you (?:know|remember) about me|have I told you|did I tell you)/iu;

/** Answers questions about facts, several in one message too; undefined when none is asked. */
export function recall(question: string, facts: Facts): string | undefined {
  if (everything.test(question)) return tellAll(facts);
  const answers = questionParts(question).flatMap((part) => recallOne(part, facts) ?? []);
  return answers.length > 0 ? answers.join(" ") : undefined;
}

function recallOne(part: string, facts: Facts): string | undefined {
  const fixed = fixedQuestions.find(([pattern]) => pattern.test(part))?.[1];
  const [, owner, words] = part.match(asked) ?? [];
  if (fixed === undefined && words === undefined) return undefined;
  const name = fixed ?? words ?? "";
  const fact = facts.get(factKey(name));
  if (fact) return tell(fact);
  // "What is the weather?" asks about the world; only "my weather" would ask about what was said.
  if (owner?.toLowerCase() === "the") return undefined;
  return `You have not told me ${describe(name)} in this conversation.`;
}

function tell({ name, value }: Fact): string {
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

function describe(name: string): string {
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

function tellAll(facts: Facts): string {
  if (facts.size === 0) return "You have not told me anything about yourself in this conversation.";
  const lines = [...facts.values()].map((fact) => `- ${tell(fact)}`);
  return ["This is what you have told me in this conversation:", "", ...lines].join("\n");
}

function questionParts(question: string): string[] {
  return question
    .split(/[?.!,\n]+|\s+and\s+/iu)
    .map((part) => part.trim())
    .filter(Boolean);
}
