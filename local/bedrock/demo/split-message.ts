/** Words with which a part of a message begins that asks for something. */
const request =
  /^(?:and |und |then |dann |please |bitte |also |auch )*(?:what|how|when|where|who|whose|which|why|is|are|do|does|did|can|could|will|tell|show|convert|calculate|compute|draw|plot|chart|roll|search|find|list|compare|give|write|translate|explain|book|send|set|make|was|wie|wann|wo|wer|wem|wessen|welche\w*|warum|wieso|zeige?|zeichne|rechne|berechne|sag|such\w*|liste|vergleiche?|wirf|schreib\w*|übersetze?|erkläre?|buche?|sende?|schick\w*|gib|kannst|ist|sind|hast|habe)\b/iu;

/** With these words a request begins also behind a statement: "Revenue by segment and tell me the time". */
const newRequest =
  /^(?:please |bitte )?(?:what|how|where|who|which|tell|show|convert|calculate|compute|draw|plot|roll|search|compare|wie|wo|wer|welche\w*|zeige?|zeichne|rechne|berechne|sag)\b/iu;
const condition = /^(?:if|when it|wenn|falls|think|denk\w*)\b/iu;

/** "Convert 5 miles to km and 70 F to celsius" are two, and "Convert 5 ft and 11 in to cm" is one. */
const conversionEnd = /\d.*\s(?:to|into|in|zu|nach)\s+[^\s\d]+$/iu;
const conversion = /^-?\d[\d.,]*\s*\S+\s+(?:to|into|in|zu|nach)\s+[^\s\d]+$/iu;

/** A dot after a digit can end a sentence or an ordinal, "24. Dezember". Only a capital question word tells. */
const sentenceEnd =
  /(?<=[!?…]["”»)]?|[^\d\s]\.)\s+|(?<=\d\.)\s+(?=(?:What|How|And|Und|Was|Wie|Tell|Show)\b)|\n+/u;
const clauseEnd =
  /\s*,\s*(?:(?:and|und|then|dann)\s+)?|\s+(?:and|und)\s+(?:then |dann |also |auch )?/giu;

/** The rules look at each part. That takes the twin's only thread 0.2 ms, and more than a second for a part of 50,000 units. */
const maxParts = 50;
const longestPart = 4_000;
/** UTF-16 units. The patterns of a conversion take a time that grows with the square of what they look at. */
const longestConversion = 100;

/**
 * Returns the parts of a message that each ask or state something: sentences, and clauses that begin with a question word. Of a
 * long message returns the first 25 and the last 25 parts, and of a long sentence the first 4,000 UTF-16 units.
 */
export function splitMessage(message: string): string[] {
  return message
    .split(sentenceEnd)
    .map((sentence) => sentence.trim())
    .filter(Boolean)
    .filter(isNearAnEnd)
    .flatMap((sentence) => splitSentence(sentence.slice(0, longestPart)))
    .filter(isNearAnEnd);
}

/** A question stands before or behind a pasted text. */
const isNearAnEnd = (_part: string, index: number, { length }: string[]): boolean =>
  index < maxParts / 2 || index >= length - maxParts / 2;

export const asksSomething = (part: string): boolean => part.includes("?") || request.test(part);

function splitSentence(sentence: string): string[] {
  // "If it costs 40 and is 25% off, what do I pay?"
  if (condition.test(sentence)) return [sentence];
  const parts: string[] = [];
  let from = 0;
  for (const end of sentence.matchAll(clauseEnd)) {
    const rest = sentence.slice(end.index + end[0].length);
    const isAsked = request.test(rest) && asksSomething(sentence.slice(from, end.index));
    const isConverted =
      rest.length <= longestConversion &&
      conversion.test(rest) &&
      conversionEnd.test(sentence.slice(Math.max(from, end.index - longestConversion), end.index));
    if (!isAsked && !isConverted && !newRequest.test(rest)) continue;
    parts.push(sentence.slice(from, end.index).trim());
    from = end.index + end[0].length;
  }
  return [...parts, sentence.slice(from).trim()].filter(Boolean);
}
