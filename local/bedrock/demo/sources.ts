/** A result of the web search, as the tool writes it. */
export interface FoundSource {
  index: number;
  title: string;
  /** Address and date, as far as the tool knows them. */
  origin: string;
  text: string;
}

/** Reads entries such as "[1] Title · address\nText", with blank lines between them. */
export function readSources(text: string): FoundSource[] {
  return text.split(/\n\n(?=\[\d+\] )/u).flatMap((entry) => {
    const [, index, heading = "", body = ""] = /^\[(\d+)\] ([^\n]*)\n([\s\S]*)$/u.exec(entry) ?? [];
    if (index === undefined) return [];
    const parts = heading.split(" · ");
    const hosts = parts.findIndex((part) => /^(?:https?:\/\/\S+|[\w-]+\.[\w.-]+)$/u.test(part));
    return [
      {
        index: Number(index),
        title: (hosts < 0 ? parts : parts.slice(0, hosts)).join(" · "),
        origin: hosts < 0 ? "" : parts.slice(hosts).join(" · "),
        text: body.trim(),
      },
    ];
  });
}

/** Whether the search knows only this project's documentation: its results say so. */
export const isSampleIndex = (sources: readonly FoundSource[]): boolean =>
  sources.some(({ title }) => title.endsWith("(documentation of this project)"));

const sentence = new Intl.Segmenter("en", { granularity: "sentence" });
const longestQuote = 320;
/** A shorter quote is mostly not understood alone. */
const shortestQuote = 100;

/** Returns the sentences of a text, next to each other, that hold most words of the question, word for word. */
export function bestQuote(text: string, question: string): string {
  const sentences = Array.from(sentence.segment(text), ({ segment }) => segment);
  const wanted = contentWords(question);
  const score = (part: string) => contentWords(part).filter((word) => wanted.includes(word)).length;
  let best: { score: number; text: string } | undefined;
  for (let start = 0; start < sentences.length; start += 1) {
    let part = "";
    for (const [index, next] of sentences.slice(start).entries()) {
      if (part.length >= shortestQuote && part.length + next.length > longestQuote) break;
      part += next;
      const isEnd = start + index === sentences.length - 1;
      if (part.length < shortestQuote && !(isEnd && start === 0)) continue;
      // A later start and a longer text must say more.
      const value = score(part) - 0.1 * start - 0.001 * part.length;
      if (!best || value > best.score) best = { score: value, text: part };
    }
  }
  return shorten((best?.text ?? text).trim(), longestQuote);
}

/** Cuts at a word, and says so. */
export const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length).replace(/\s+\S*$/u, "")} …`;

const emptyWords = new Set(
  "the and for are how does what when where which who why work works with this that from you your can use using something more good quote please documentation tell about have has into was ist der die das und wie was wird nach mit eine einen bitte zitiere dokumentation funktioniert passiert einem einer search web internet find news latest show today heute now jetzt there many much any get according über steht sagt laut say says viele wieviel bis wann muss müssen darf dürfen soll werden gestellt gibt für beim bei our".split(
    " ",
  ),
);

/** Returns the words of a text that say something, in lower case, cut to the part before most endings. */
export function contentWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\d]+(?:-[\p{L}\d]+)*/gu) ?? [];
  return words
    .filter((word) => word.length > 2 && !emptyWords.has(word))
    .map((word) => word.slice(0, 6));
}
