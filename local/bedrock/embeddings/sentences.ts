const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** A longer piece takes more than 100 ms, and its vector says less. */
const maxPieceLength = 400;

/** Returns the sentences of a text as the sentence encoder reads them best: in lower case, and none too long. */
export function sentencesOf(text: string): string[] {
  const sentences = text
    .toLowerCase()
    .split("\n")
    .flatMap((line) => Array.from(segmenter.segment(line), ({ segment }) => segment.trim()))
    .flatMap((sentence) => sentence.match(new RegExp(`.{1,${maxPieceLength}}`, "gsu")) ?? []);
  // The encoder throws for an empty text.
  return sentences.length > 0 ? sentences : ["-"];
}
