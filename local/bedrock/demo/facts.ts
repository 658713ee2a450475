/** One fact that the user stated, such as name "dog", value "Rex". */
export interface Fact {
  name: string;
  value: string;
}

/** Keyed by `factKey`, in the order of the first statement. */
export type Facts = Map<string, Fact>;

/** A value ends with its clause. Without `key` the first group of the pattern is the name. */
const statements: { pattern: RegExp; key?: string; adds?: boolean }[] = [
  { pattern: /\bmy name(?: is|'s)\s+(.+)/iu, key: "name" },
  { pattern: /\b(?:call me|I am called|I'm called)\s+(.+)/iu, key: "name" },
  { pattern: /\bI live in\s+(.+)/iu, key: "home" },
  { pattern: /\bI(?: am|'m| come) from\s+(.+)/iu, key: "origin" },
  { pattern: /\bI work ((?:as|at|for|in)\s+.+)/iu, key: "work" },
  { pattern: /\bI (?:really |also )?(?:like|love|enjoy)\s+(.+)/iu, key: "likes", adds: true },
  { pattern: /\b(?:ich heiße|ich heisse|mein name ist|nenn(?:e)? mich)\s+(.+)/iu, key: "name" },
  { pattern: /\b(?:ich wohne|ich lebe|wohne|lebe) in\s+(.+)/iu, key: "home" },
  { pattern: /\b(?:ich komme|ich bin|komme) aus\s+(.+)/iu, key: "origin" },
  { pattern: /\b(?:ich )?arbeite ((?:bei|als|für|in|im)\s+.+)/iu, key: "work" },
  { pattern: /\bich (?:mag|liebe)\s+(.+)/iu, key: "likes", adds: true },
  { pattern: /\b(?:meine?|unsere?) ([\p{L}' -]{2,40}?) (?:ist|sind|heißt|heißen)\s+(.+)/iu },
  { pattern: /\b(?:my|our) ([\p{L}' -]{2,40}?) (?:is|are) (?:called |named )?(.+)/iu },
];

/** Matches only after "remember …", because "the weather is fine" is not a fact to keep. */
const noted = /^(?:the )?([\p{L}' -]{2,40}?) (?:is|are) (.+)/iu;
const rememberPrefix =
  /^(?:please |bitte )?(?:remember|note|keep in mind|merke? dir)(?: that|,? dass)?[:,]?\s+/iu;

/** Matches case, because a capital distinguishes "Hello, I'm Ada" from "Hello, I'm tired". */
const greeting =
  /^(?:[Hh]i|[Hh]ello|[Hh]ey)\b[^\p{L}]*(?:there[^\p{L}]*)?(?:I am|I'm|[Tt]his is) (\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*){0,3})/u;

const question =
  /\?\s*$|^(?:wie|wer|was|wo|wann|warum|welche\w*|kannst|what|who|where|when|why|how|which|do|does|did|is|are|can|could)\b/iu;

/** Collects facts from a user's texts, oldest first. A later fact replaces an earlier one. */
export function collectFacts(texts: string[]): Facts {
  const facts: Facts = new Map();
  for (const text of texts) {
    const [, greeted] = text.match(greeting) ?? [];
    if (greeted !== undefined) keep(facts, "name", greeted);
    const statedClauses = sentences(text)
      .filter((sentence) => !question.test(sentence))
      .flatMap(clauses);
    for (const clause of statedClauses) collectClause(facts, clause);
  }
  return facts;
}

/** Returns the key of a fact: lower case, and American spelling for "our". */
export function factKey(name: string): string {
  return name.trim().toLowerCase().replaceAll("our", "or");
}

function collectClause(facts: Facts, clause: string): void {
  const bare = clause.replace(rememberPrefix, "");
  for (const { pattern, key, adds } of statements) {
    const groups = bare.match(pattern);
    if (!groups) continue;
    const name = key ?? groups[1] ?? "";
    const before = adds ? facts.get(factKey(name)) : undefined;
    const value = tidy(groups.at(-1) ?? "", name);
    keep(facts, name, before ? `${before.value}, ${value}` : value);
    return;
  }
  const [, name, value] = (bare !== clause && bare.match(noted)) || [];
  if (name !== undefined && value !== undefined) keep(facts, name, tidy(value, name));
}

function keep(facts: Facts, name: string, value: string): void {
  if (value !== "") facts.set(factKey(name), { name: name.trim().toLowerCase(), value });
}

export function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter(Boolean);
}

/** Splits "My name is Ada and I live in London" in two clauses, but not "I like tea and coffee". */
function clauses(sentence: string): string[] {
  return sentence.split(
    /(?:\s*[,;]\s*(?:and |but |und |aber )?|\s+(?:and|but|und|aber)\s+)(?=(?:I|I'm|my|call me|ich|meine?|wohne|lebe|komme|arbeite)\b)/iu,
  );
}

function tidy(value: string, name: string): string {
  const [clause = ""] = value.split(/;|\s+(?:but|because|aber|weil)\s+/iu);
  const [short = ""] =
    name === "name" ? clause.split(/[,(]|\s+(?:and|from|und|aus)\s+/iu) : [clause];
  return short.replace(/[\s.!,]+$/u, "").trim();
}
