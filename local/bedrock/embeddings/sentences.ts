const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** The time grows faster than the length, and the vector of a long piece says less. */
const maxPieceLength = 200;

/** Of a passage, spread evenly over it: their mean hardly differs from that of all, and takes half the time. */
const maxSentences = 8;

/** Returns sentences of a text as the sentence encoder reads them best: in lower case, none too long, and not too many. */
export function sentencesOf(text: string): string[] {
  const sentences = text
    .toLowerCase()
    .split("\n")
    .flatMap((line) => Array.from(segmenter.segment(line), ({ segment }) => segment.trim()))
    .flatMap((sentence) => sentence.match(new RegExp(`.{1,${maxPieceLength}}`, "gsu")) ?? []);
  // The encoder throws for an empty text.
  const step = Math.max(1, sentences.length / maxSentences);
  const chosen = sentences.filter(
    (_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step),
  );
  return chosen.length > 0 ? chosen : ["-"];
}
