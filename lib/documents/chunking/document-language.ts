import { eld } from "eld/extrasmall";

/** The text search configurations of PostgreSQL 17, by the ISO 639-1 code of their language. */
const configurations = {
  ar: "arabic",
  ca: "catalan",
  da: "danish",
  de: "german",
  el: "greek",
  en: "english",
  es: "spanish",
  eu: "basque",
  fi: "finnish",
  fr: "french",
  hi: "hindi",
  hu: "hungarian",
  hy: "armenian",
  it: "italian",
  lt: "lithuanian",
  // The detector knows Malay only, and Indonesian differs little from it.
  ms: "indonesian",
  nl: "dutch",
  no: "norwegian",
  pt: "portuguese",
  ro: "romanian",
  ru: "russian",
  sr: "serbian",
  sv: "swedish",
  ta: "tamil",
  tr: "turkish",
} as const;

/** The name of a text search configuration of PostgreSQL. */
export type DocumentLanguage = (typeof configurations)[keyof typeof configurations] | "simple";

/** ISO 639-1, empty for no language, and the configuration for it. */
export interface DetectedLanguage {
  code: string;
  configuration: DocumentLanguage;
}

/** In UTF-16 units. The detector reads about 3 million in a second. */
const excerptLength = 1_000;
const maxExcerpts = 100;
/** A number or a code in a table says nothing about the language. */
const minLetters = 20;
/** Of the letters, for a language to be the document's main one. */
const mainShare = 0.4;

/**
 * Returns the language that most of a text is in, from up to 100 excerpts. `simple` stems no word: for languages that
 * PostgreSQL does not know, for a text without a main language, and for a text of numbers and codes.
 */
export function languageOf(text: string): DetectedLanguage {
  const letters = new Map<string, number>();
  for (const excerpt of excerptsOf(text)) {
    const count = excerpt.match(/\p{L}/gu)?.length ?? 0;
    if (count < minLetters) continue;
    const result = eld.detect(excerpt);
    const language = result.isReliable() ? result.language : "";
    letters.set(language, (letters.get(language) ?? 0) + count);
  }
  const all = [...letters.values()].reduce((sum, count) => sum + count, 0);
  const [main] = [...letters].toSorted(([, a], [, b]) => b - a);
  if (!main || main[1] < all * mainShare) return { code: "", configuration: "simple" };
  const code = main[0];
  return { code, configuration: isKnown(code) ? configurations[code] : "simple" };
}

const isKnown = (code: string): code is keyof typeof configurations =>
  Object.hasOwn(configurations, code);

function* excerptsOf(text: string): Generator<string> {
  const step = Math.max(excerptLength, Math.ceil(text.length / maxExcerpts));
  for (let start = 0; start < text.length; start += step) {
    yield text.slice(start, start + excerptLength).toWellFormed();
  }
}
