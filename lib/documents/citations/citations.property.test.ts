import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import { processorMsOf } from "#test/support/processor-time.ts";
import { checkCitations } from "./check-citations.ts";
import { comparableText } from "./comparable-text.ts";
import { findQuotations } from "./find-quotations.ts";
import { unsourcedNumbers } from "./unsourced-numbers.ts";

/** Ordinary sentences of contracts and handbooks, in the languages that people mix. */
const words =
  "the staff may leave notice period of three months is not extended by more than 30 days and 1,200 euros Frist gilt für alle Büros nicht länger als 14 Tage l'employé reçoit 2.5 jours".split(
    " ",
  );
const sentence = fc.array(fc.constantFrom(...words), { minLength: 6, maxLength: 40 });

const source: Source = {
  ...{ index: 1, title: "Handbook", quote: "", chunk_id: "7", part: 1 },
  document_id: "11111111-1111-4111-8111-111111111111",
  version_id: "22222222-2222-4222-8222-222222222222",
};

function check(quotation: string, text: string) {
  const answer = `It says “${quotation}” [1].`;
  const versionId = source.version_id ?? "";
  const passage = { versionId, text, start: 50, end: 50 + text.length };
  const [citation, ...others] = checkCitations(answer, [source], new Map([[1, passage]]));
  expect(others).toEqual([]);
  return citation;
}

/** A part of a passage that a model might quote: at least three words. */
const quoted = sentence.chain((all) =>
  fc
    .tuple(fc.nat(all.length - 3), fc.nat(all.length - 3))
    .map(([start, more]) => ({ all, part: all.slice(start, start + 3 + more) })),
);
const negations = new Set(["not", "nicht"]);
/** The passage does not negate the part from outside. */
const isPlain = ({ all, part }: { all: string[]; part: string[] }) =>
  !all.some((word) => negations.has(word)) || part.length === all.length;

describe("a quotation that stands in its passage", () => {
  it("is verified in any typography, and its place holds its words", () => {
    const separators = fc.constantFrom(" ", "  ", "\n", "\u00a0", " \n ", "\u00ad ");
    const marks = fc.constantFrom("", "**", "*", "\u200b", "\u00ad");
    fc.assert(
      fc.property(
        quoted.filter(isPlain),
        separators,
        separators,
        marks,
        ({ all, part }, one, other, mark) => {
          const text = all.join(one);
          const citation = check(`${mark}${part.join(other)}${mark}`, text);
          expect(citation?.state).toBe("verified");
          const found = text.slice(
            (citation?.document_start ?? 0) - 50,
            (citation?.document_end ?? 0) - 50,
          );
          expect(comparableText(found).units).toBe(comparableText(part.join(" ")).units);
        },
      ),
    );
  });
});

describe("a quotation is never verified", () => {
  const change = (make: (part: string[], at: number) => string[]) =>
    fc.assert(
      fc.property(quoted, fc.nat(), ({ all, part }, seed) => {
        const changed = make(part, seed % part.length);
        // The change may give words that stand somewhere else in the passage.
        fc.pre(!` ${all.join(" ")} `.includes(` ${changed.join(" ")} `));
        fc.pre(changed.length > 1);
        expect(check(changed.join(" "), all.join(" "))?.state).toBe("unverified");
      }),
      { numRuns: 300 },
    );

  it("with a changed digit", () => {
    change((part, at) =>
      part.map((word, index) => (index === at ? `${word}7`.replace(/\d/, "8") : word)),
    );
  });
  it("with two words swapped", () => {
    change((part, at) => {
      const next = (at + 1) % part.length;
      const swapped = [...part];
      [swapped[at], swapped[next]] = [part[next] ?? "", part[at] ?? ""];
      return swapped;
    });
  });
  it("with a word left out or added", () => {
    change((part, at) => part.filter((_, index) => index !== at || index === 0));
    change((part, at) => part.toSpliced(at === 0 ? 1 : at, 0, "never"));
  });
  it("without a negation, wherever the passage has it", () => {
    fc.assert(
      fc.property(quoted, fc.nat(), ({ part }, seed) => {
        const plain = part.filter((word) => !negations.has(word));
        fc.pre(plain.length > 1);
        const at = seed % (plain.length + 1);
        const passage = plain.toSpliced(at, 0, "not").join(" ");
        expect(check(plain.join(" "), passage)?.state).toBe("unverified");
      }),
    );
  });
  it("with other letters in a word", () => {
    change((part, at) => part.map((word, index) => (index === at ? `${word}x` : word)));
  });
});

describe("any answer", () => {
  const pieces = fc.constantFrom(
    ...[
      "“",
      "”",
      '"',
      "„",
      "'",
      "’",
      "«",
      "»",
      "[1]",
      "[2, 3]",
      "[",
      "]",
      "(",
      ")",
      "`",
      "```",
      "~~~",
      "\n",
      "\n\n",
    ],
    ...[
      "> ",
      "- ",
      "| ",
      "|",
      "1. ",
      "# ",
      "**",
      "…",
      ".",
      "?",
      ":",
      " ",
      "12",
      "1.5",
      "a",
      "not",
      "Word",
      "ü",
      "中",
      "😀",
      "\ud800",
    ],
  );
  const answers = fc.array(pieces, { maxLength: 80 }).map((all) => all.join(""));

  it("is checked without an error, and every place lies in it", () => {
    const passage = {
      versionId: source.version_id ?? "",
      text: "a Word not 12",
      start: 0,
      end: 13,
    };
    fc.assert(
      fc.property(answers, (answer) => {
        const citations = checkCitations(answer, [source], new Map([[1, passage]]));
        for (const { start, end } of [...citations, ...unsourcedNumbers(answer, ["12"])]) {
          expect(0 <= start && start < end && end <= answer.length).toBe(true);
        }
        for (const { start, end, words: found } of findQuotations(answer)) {
          expect(answer.slice(start, end)).toBe(found);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["opening marks", "“"],
    ["straight marks", '"'],
    ["marks that nothing closes", " 'a"],
    ["backticks", "` `` "],
    ["citations", "[1]"],
    ["quotations", "“a b” [1] "],
    ["blockquotes", "> a b [1]\n"],
    ["table cells", "| “a b” | [1] "],
    ["lines of marks", "‘„«\n"],
    ["numbers", "1.2,3 "],
    ["brackets", "[1](((("],
    ["ellipses", "“a b … c d” [1] …"],
  ])("of 100,000 units of %s takes less than two seconds", (_, piece) => {
    const answer = piece.repeat(Math.ceil(100_000 / piece.length));
    const text = "a b c d ".repeat(150);
    const passage = { versionId: source.version_id ?? "", text, start: 0, end: text.length };
    const ms = processorMsOf(() => {
      checkCitations(answer, [source], new Map([[1, passage]]));
      unsourcedNumbers(answer, [text]);
    });
    expect(ms).toBeLessThan(2_000);
  });
});
