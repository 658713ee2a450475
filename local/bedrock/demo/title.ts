import { collectFacts, factKey } from "./facts.ts";
import { languageOf, sayIn, withCapital } from "./language.ts";

const maxWords = 6;

/** What stands before the topic of a request. */
const lead =
  /^(?:(?:please|bitte|hi|hello|hey|hallo|moin|guten (?:tag|morgen|abend)|good (?:morning|evening))\b[\s,.!]*|(?:can|could|would|will) you\s+|(?:kannst|könntest|würdest) du\s+|(?:what(?:'s| is| are| was)|who(?:'s| is| are)|how do i|how can i|how to|how much (?:is|are)|tell me(?: about)?|show me|give me|explain|was (?:ist|sind)|wer (?:ist|sind)|wie viel (?:ist|sind)|zeige?(?: mir)?|sag mir|erkläre?(?: mir)?)\s+|(?:the|a|an|my|der|die|das|ein|eine|mein|meine)\s+)/iu;
const timeIn =
  /\b(?:what time is it|what is the time|wie spät ist es|wie viel uhr ist es) in ([\p{L} '-]+)/iu;
/** Words that lead to another one, which the end of a title must not. */
const dangling =
  /(?:[,\s]+(?:an?|about|and|at|for|from|in|of|on|or|the|to|with|auf|aus|bei|das|dem|den|der|die|ein|eine|für|im|mit|oder|über|um|und|von|zu))+$/iu;

/** Returns the title of a conversation, by rules: the name that somebody states, or the words of the request without its lead. */
export function demoTitle(json: string): string {
  const { person = "" } = JSON.parse(json) as { person?: string };
  const [line = ""] = person.trim().split(/[\r\n]/, 1);
  const say = sayIn(languageOf([person]));
  const name = collectFacts([line]).get(factKey("name"))?.value;
  if (name !== undefined) return say(`Meeting ${name}`, `Vorstellung: ${name}`);
  const [, place] = line.match(timeIn) ?? [];
  if (place !== undefined) return say(`Time in ${place.trim()}`, `Uhrzeit in ${place.trim()}`);
  let topic = line;
  for (let before = ""; before !== topic; ) {
    before = topic;
    topic = topic.replace(lead, "");
  }
  // A sentence ends with a mark and a space: "480. And 12?" has two, "12.5% of 480?" has one.
  const [sentence = ""] = topic.split(/[.?!;:](?=\s|$)/u, 1);
  const words = sentence.trim().split(/\s+/u).slice(0, maxWords).join(" ");
  return (
    withCapital(words.replace(dangling, "").replace(/[,\s]+$/u, "")) || say("Greeting", "Begrüßung")
  );
}
