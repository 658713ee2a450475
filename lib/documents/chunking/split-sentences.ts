/** Offsets in a text, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Returns the sentences of a paragraph without the white space between them. A sentence continues over a line's end. Unlike
 * `Intl.Segmenter` alone, a sentence does not end after "Dr.", "z. B.", "Fig." or "3." as in "3. Mai".
 */
export function splitSentences(text: string, language: string): Span[] {
  const segments = [...segmenterFor(language).segment(text.replaceAll("\n", " "))];
  const sentences: Span[] = [];
  let start = 0;
  for (const [index, { segment, index: at }] of segments.entries()) {
    const end = at + segment.length;
    const next = segments[index + 1];
    if (next && continues(text.slice(start, end).trimEnd(), next.segment, language)) continue;
    const sentence = trimmed(text, start, end);
    if (sentence.start < sentence.end) sentences.push(sentence);
    start = end;
  }
  return sentences;
}

/** Returns the span without white space at its ends. */
export function trimmed(text: string, start: number, end: number): Span {
  const slice = text.slice(start, end);
  const length = slice.trim().length;
  const first = start + slice.length - slice.trimStart().length;
  return { start: first, end: first + length };
}

/** Returns whether the text before a suggested sentence end goes on in the next segment. */
function continues(before: string, next: string, language: string): boolean {
  if (/^[\p{Ll},;:)\]]/u.test(next)) return true;
  // An ellipsis ends a sentence as often as not.
  if (!before.endsWith(".") || before.endsWith("..")) return false;
  const word = /(?:^|[\s([„“"'«/])([\p{L}\p{M}\p{N}.’'-]{1,12})\.$/u.exec(before)?.[1] ?? "";
  // A number of a list, or an ordinal. A year mostly ends a sentence.
  if (/^\p{N}{1,2}$/u.test(word)) {
    return before.length <= 3 || (languagesWithOrdinals.has(language) && /^\p{L}/u.test(next));
  }
  // An initial, "U.S.", or the end of "z. B."
  return /^(?:\p{L}\.)*\p{L}$/u.test(word) || abbreviations.has(word.toLowerCase());
}

/** They write "3. Mai" for the third of May. */
const languagesWithOrdinals = new Set("de da no fi cs sk pl hu hr sl sr et lv is tr eu".split(" "));

/** Abbreviations that seldom end a sentence, without their last dot, in lower case. */
const abbreviations = new Set(
  [
    // Titles
    "dr prof mr mrs ms mme mlle st sr jr sra srta sig dott ing dipl hr fr frl mag pr me mgr dhr mevr rev hon gen col capt lt",
    // References
    "fig figs abb tab tbl eq eqs sec sect ch chap vol vols no nos nr nrn art abs ziff kap bd hrsg pp pág págs núm n° ref refs app anh bl rz rn par рис табл стр гл ст п пп",
    // Examples and comparisons
    "e.g eg i.e ie cf ca vs viz resp approx incl excl bzw bspw z.b d.h u.a o.ä vgl ggf inkl exkl zzgl sog evtl insb p.ex ex c.-à-d cad env av p.ej ej aprox es ecc bijv d.w.z o.a np tzn tj m.in напр т.е т.к см",
    // Firms and places
    "corp ltd bros dept univ str ave blvd mt ft ул г д им",
    // Months
    "jan feb mar apr jun jul aug sep sept oct nov dec okt dez",
  ]
    .join(" ")
    .split(" "),
);

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known) return known;
  const segmenter = new Intl.Segmenter(language === "" ? "und" : language, {
    granularity: "sentence",
  });
  segmenters.set(language, segmenter);
  return segmenter;
}
