import { eld } from "eld/extrasmall";
import { byteOrderMark, decoderNamed } from "#lib/platform/decode-text.ts";
import { DocumentFault } from "./document-file.ts";

export interface DecodedText {
  text: string;
  /** What the person should know about the encoding. */
  notes: string[];
}

/**
 * Decodes a text file: by its byte order mark, else as UTF-8 or UTF-16 if the bytes are that, else as the file states, else in
 * the encoding in which the text is most like a language. Notes name an encoding that was guessed, and bytes that were lost.
 * @throws DocumentFault for binary data
 */
export function decodeDocument(bytes: Uint8Array, stated?: string): DecodedText {
  if (isUtf32(bytes)) throw new DocumentFault("The file is in UTF-32. Save it as UTF-8.");
  const marked = byteOrderMark(bytes);
  if (marked) return decoded(bytes, marked.encoding);
  if (bytes.includes(0)) return decodeWithZeros(bytes);
  if (isEscapedJapanese(bytes)) return decoded(bytes, "iso-2022-jp");
  const utf8 = decoded(bytes, "utf-8");
  // One damaged character among many is a damaged file in UTF-8. Other encodings give almost nothing else.
  if (countOf(utf8.text, /\uFFFD/g) * 20 <= countOf(utf8.text, /[\u0080-\uFFFC]/g)) return utf8;
  if (stated !== undefined && decoderNamed(stated)) return decoded(bytes, stated);
  return guessed(bytes);
}

/** Its byte order mark, in either order. The first one begins like UTF-16's. */
const isUtf32 = (bytes: Uint8Array): boolean =>
  ["fffe0000", "0000feff"].includes(Buffer.from(bytes.subarray(0, 4)).toString("hex"));

/** @throws DocumentFault if the text is none */
function decoded(bytes: Uint8Array, encoding: string): DecodedText {
  const text = new TextDecoder(encoding).decode(bytes);
  if (countOf(text, controls) * 50 > text.length) throw binary();
  const lost = countOf(text, /\uFFFD/g);
  const notes = lost === 0 ? [] : [`${lost} of the file's characters are damaged.`];
  return { text, notes };
}

const controls = /(?![\t\n\f\r\u0080-\u009f])\p{Cc}/gu;
const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const binary = () => new DocumentFault("The file holds binary data, not text.");

/** UTF-16 without its mark, or a text with some NULs in it. */
function decodeWithZeros(bytes: Uint8Array): DecodedText {
  let even = 0;
  let odd = 0;
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const zeros = even + odd;
  if (zeros * 50 < bytes.length && likenessOf(bytes, "utf-8") > 0) {
    return decodeDocument(bytes.filter((byte) => byte !== 0));
  }
  // In Latin script every second byte is 0.
  const isLatin = zeros * 4 > bytes.length && Math.min(even, odd) * 20 < zeros;
  if (isLatin) return decoded(bytes, even > odd ? "utf-16be" : "utf-16le");
  const best = mostLike(bytes.subarray(0, sampleLength), ["utf-16le", "utf-16be"]);
  if (best === undefined || best.likeness < 0.3) throw binary();
  return decoded(bytes, best.encoding);
}

/** ISO-2022-JP is made of ASCII bytes, so it looks like UTF-8. */
const isEscapedJapanese = (bytes: Uint8Array): boolean =>
  /\p{Cc}(?:\$[@B]|\([BJ])/u.test(Buffer.from(bytes.subarray(0, 65_536)).toString("latin1")) &&
  likenessOf(bytes, "iso-2022-jp") > 0;

const western = "windows-1252";
/** The first of two that are as likely is taken. */
const encodings = [
  ...[western, "euc-jp", "shift_jis", "euc-kr", "big5", "gb18030", "windows-1251"],
  ...["windows-1250", "iso-8859-2", "koi8-u", "windows-1254", "windows-1253", "windows-1255"],
  ...["windows-1256", "windows-1257", "windows-874", "macintosh", "ibm866"],
];
/** In bytes. */
const sampleLength = 4_000;
/** So much more likely must another encoding be than that of Western Europe, which is by far the most frequent. */
const leastDifference = 0.005;
const fewBytes = 8;
/** Few texts are by chance valid in them, and names in a table are little like a language. */
const multiByte = new Set(["euc-jp", "shift_jis", "euc-kr", "big5", "gb18030"]);
const multiByteBonus = 0.15;

function guessed(bytes: Uint8Array): DecodedText {
  const encoding = likeliestEncoding(sampleOf(bytes));
  const { text, notes } = decoded(bytes, encoding);
  const note = `The file does not say its character encoding. It was read as ${encoding}.`;
  return { text, notes: [note, ...notes] };
}

function likeliestEncoding(sample: Uint8Array): string {
  const beyondAscii = sample.filter((byte) => byte > 0x7f).length;
  const letters = countOf(Buffer.from(sample).toString("latin1"), /[a-z]/gi);
  // A few accents in Latin script say too little.
  const isPlausible = oddnessOf(new TextDecoder(western).decode(sample)) === 0;
  if (beyondAscii < fewBytes && beyondAscii < letters && isPlausible) return western;
  const best = mostLike(sample, encodings);
  const isBetter = best && best.likeness > likenessOf(sample, western) + leastDifference;
  return isBetter ? best.encoding : western;
}

function mostLike(bytes: Uint8Array, candidates: string[]) {
  return candidates
    .map((encoding) => ({ encoding, likeness: likenessOf(bytes, encoding) }))
    .filter(({ likeness }) => likeness > Number.NEGATIVE_INFINITY)
    .toSorted((a, b) => b.likeness - a.likeness)
    .at(0);
}

/** Returns lines with bytes beyond ASCII, which differ between encodings. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let length = 0;
  for (let start = 0; start < bytes.length && length < sampleLength; ) {
    const lineEnd = bytes.indexOf(0x0a, start);
    const end = lineEnd === -1 ? bytes.length : lineEnd + 1;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte > 0x7f)) {
      lines.push(line.subarray(0, sampleLength));
      length += line.length;
    }
    start = end;
  }
  return Buffer.concat(lines);
}

/** Returns how much a text is like a language, at most 1, if the bytes are in this encoding. */
function likenessOf(bytes: Uint8Array, encoding: string): number {
  try {
    // The sample may end within a character.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    const result = eld.detect(text);
    const bonus = multiByte.has(encoding) ? multiByteBonus : 0;
    return (result.getScores()[result.language] ?? 0) + bonus - oddnessOf(text);
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

/** Returns how many signs there are that words do not hold, for each character beyond ASCII. */
const oddnessOf = (text: string): number =>
  oddities.reduce((sum, one) => sum + countOf(text, one), 0) / (countOf(text, /\P{ASCII}/gu) + 1);

const oddities = [
  // Signs of mathematics at letters, as in "≤ø√≈"
  /(?<=\p{L})(?!\p{ASCII})\p{Sm}|(?!\p{ASCII})\p{Sm}(?=\p{L})/gu,
  // Controls, and lines of boxes
  /[\u0080-\u009f\u2500-\u259f\uff61-\uff9f]|\p{Cn}|\p{Co}/gu,
  /\p{Ll}\p{Lu}/gu,
  // Letters of two scripts in one word. Japanese words have three.
  /\p{Script=Latin}(?=[\u0370-\u0e7f])\p{L}|(?=[\u0370-\u0e7f])\p{L}\p{Script=Latin}/gu,
  /\p{L}[^\p{L}\p{M}\p{N}\s.,;:!?'’"()/–—…»«“”„@&_·-]\p{L}/gu,
];
