import { languageOf } from "#frontend/chat/answer/language-of.ts";
import { nextSentences } from "#frontend/chat/answer/sentences.ts";
import { hideBars } from "#frontend/chat/markdown/formula-bars.ts";
import { isFormula, readFormula } from "#frontend/chat/markdown/formula-source.ts";
import { highlight } from "#frontend/chat/markdown/highlight.ts";
import { hiddenTarget } from "#frontend/chat/markdown/link-policy.ts";
import { type Blocks, readBlocks } from "#frontend/chat/markdown/markdown-blocks.ts";
import { unescapeHtml } from "#frontend/chat/markdown/unescape-html.ts";

/** The time of each function of the page on a text, over its time on a tenth of it: 10 is linear, 100 is quadratic. */
const shortLength = 1_600;
const growth = 10;

const prose = "A **paragraph** of plain words, with `code` and $x^2$, goes on.\n\n";
const pieces = [
  prose,
  "`",
  "```\n`\ue0f0`\n",
  "\\(",
  "\\[\n",
  "$a",
  "$$\n",
  "| $a|b$ |\n",
  "*a ",
  "**a** ",
  "~~a",
  "[",
  "[a](",
  "![a][b] ",
  "<a ",
  "&amp;",
  "\\",
  "> ",
  "- ",
  "1. a\n",
  "https://a.example/",
  "**注意：**正文。",
  "a.",
  " ",
  "\t\n",
  "ก",
  "[1]: https://a.example\n\n",
  "[^1]: a\n\n[^1] ",
];

const functions: Record<string, (text: string) => unknown> = {
  "readBlocks, a whole answer": (text) => readBlocks(text),
  "readBlocks, in 20 pieces": inPieces,
  hideBars: (text) => hideBars(`| $ ${text.replaceAll("\n", " ")}`),
  isFormula: (text) => isFormula(`$2${text}$`, ""),
  readFormula: (text) => readFormula(`\\[${text}`),
  nextSentences: (text) => nextSentences(text, 0, false),
  "nextSentences, the end": (text) => nextSentences(text, 0, true),
  languageOf,
  "highlight, typescript": (text) => highlight(text, "typescript"),
  "highlight, xml": (text) => highlight(text, "xml"),
  "highlight, python": (text) => highlight(text, "python"),
  unescapeHtml,
  hiddenTarget: (text) => hiddenTarget(new URL("https://a.example"), text),
};

console.log(`| time at ${growth * shortLength} / at ${shortLength} units | median | highest |`);
console.log("|---|--:|---|");
for (const [name, run] of Object.entries(functions)) {
  const results = pieces.map((piece) => {
    const short = timeMs(() => run(repeat(piece, shortLength)));
    const long = timeMs(() => run(repeat(piece, shortLength * growth)));
    // Below a tenth of a millisecond the clock says more of itself.
    return { piece, ratio: long / Math.max(short, 0.1), long };
  });
  const worst = results.toSorted((one, other) => other.ratio - one.ratio).slice(0, 3);
  const median = results.toSorted((one, other) => one.ratio - other.ratio)[results.length >> 1];
  const cells = worst.map(
    ({ piece, ratio, long }) =>
      `${JSON.stringify(piece)} ${ratio.toFixed(0)} (${long.toFixed(0)} ms)`,
  );
  console.log(`| ${name} | ${median?.ratio.toFixed(0)} | ${cells.join("; ")} |`);
}

function inPieces(text: string): Blocks {
  let read = readBlocks("");
  for (let share = 1; share <= 20; share += 1) {
    read = readBlocks(text.slice(0, Math.ceil((text.length * share) / 20)), read);
  }
  return read;
}

function repeat(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

/** The fastest of three. */
function timeMs(run: () => unknown): number {
  const times = [0, 0, 0].map(() => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...times);
}
