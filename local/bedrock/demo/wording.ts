import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import type { Facts } from "./facts.ts";
import { quote } from "./history.ts";

const greetingPattern =
  /^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[\s\p{P}]*(?:there)?[\s\p{P}]*$/iu;
const thanksPattern = /^(?:thanks|thank you|thx)\b[^?]{0,40}$/iu;
const agreementPattern = /^(?:ok|okay|good|great|perfect|nice|cool)[\s\p{P}]*$/iu;
const helpPattern =
  /\b(?:what can you do|who are you|what are you|are you (?:an? )?(?:real|ai|model|llm))\b|^help\b/iu;
const longTextPattern =
  /\b(?:long|detailed|lengthy) (?:answer|text|story|essay|reply|response)\b|\b(?:tell|write)\b.*\b(?:story|essay|poem|article)\b|\bwrite \d{3,} words\b/iu;

/** Answers small talk and questions for help. Returns undefined for anything else. */
export function answerSmallTalk(
  question: string,
  facts: Facts,
  tools: ToolSpecification[],
): string | undefined {
  if (greetingPattern.test(question)) {
    const name = facts.get("name")?.value;
    return `Hello${name ? `, ${name}` : ""}! I am the built-in demo model. ${abilities(tools)}`;
  }
  if (helpPattern.test(question)) return `I am the built-in demo model. ${abilities(tools)}`;
  if (thanksPattern.test(question)) return "You are welcome.";
  if (agreementPattern.test(question)) return "Good. What else may I show you?";
  return longTextPattern.test(question) ? longAnswer : undefined;
}

/** Answers a statement about the user. */
export function acknowledge(facts: Facts): string {
  const name = facts.get("name")?.value;
  const greeting = name === undefined ? "Thank you." : `Nice to meet you, ${name}!`;
  return `${greeting} I will remember that for this conversation (${[...facts.values()].map((fact) => fact.name).join(", ")}).`;
}

export function admitLimits(question: string, tools: ToolSpecification[]): string {
  return `I am the built-in demo model, so I cannot really answer ${quote(question)}. ${abilities(tools)}`;
}

function abilities(tools: ToolSpecification[]): string {
  const names = tools.map((tool) => `\`${tool.name}\``).join(", ");
  const examples = [
    "“What is 12.5% of 480?”",
    ...(tools.some(({ name }) => name === "save_note") ? ["“Remember that I like tea”"] : []),
    ...(tools.some(({ name }) => name === "send_webhook") ? ["“Send a webhook: Hello”"] : []),
  ];
  return [
    "There is no language model behind me, but the rest of this system is real.",
    "Tell me your name or something about yourself and ask for it later,",
    names ? `use my tools (${names}: try ${examples.join(" or ")}),` : "",
    "or ask for a long answer to watch it stream.",
  ]
    .filter(Boolean)
    .join(" ");
}

const longAnswer = `Gladly. This text is canned: the built-in demo model cannot write, so it recites the story of how a message travels through this system. It is long on purpose, so that you can watch it stream, stop it half way, or reload the page while it runs.

## The story of a message

Once upon a time somebody pressed **Enter**. Before anything else happened, the message was written to a Postgres database, because a message that is only in memory is a message that can be lost. Only then did the page learn that the message had been accepted, together with the id of its turn.

Next the page asked for the answer, and a small function woke up. It did four things, in this order:

1. It checked that you had signed in.
2. It counted the request, so that nobody can send too many.
3. It took a *lease* on the conversation, so that two functions never answer the same message.
4. It gave the conversation so far to the model, and the model began to speak.

The model speaks in pieces, about a word at a time. Every piece travels the same way: from the model to the function, from the function through the gateway, and from the gateway to your screen. Nothing waits for the end, which is why you are reading this sentence before the last one has been sent.

### What can go wrong on the way

| what happens | what you see |
| --- | --- |
| you reload the page | the text so far, and then the rest |
| the network goes away | the same, once it is back |
| the function crashes | another one takes over and begins again |
| you press Stop | the text so far is kept |

If the model needs a calculation, it calls a tool, waits for the result and continues. The call looks like this:

\`\`\`json
{ "name": "calculator", "input": { "expression": "12.5 / 100 * 480" } }
\`\`\`

When the last piece has been sent, the answer and the model's memory are written in one transaction: either both are kept or neither is. Then the lease is released, and the conversation waits for your next message, for a minute or for a year.

That is the whole story. A real model would have told you a better one; connect one, and ask it the same question again.`;
