import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import { checkCitations } from "./check-citations.ts";
import type { ReceivedPassage } from "./received-texts.ts";

const document_id = "11111111-1111-4111-8111-111111111111";
const version = (number: number) => `22222222-2222-4222-8222-00000000000${number}`;

/** Returns the sources and passages of a turn that has read these texts, each of a document of its own. */
function turnWith(texts: readonly string[]) {
  const sources = texts.map(
    (quote, at): Source => ({
      ...{ index: at + 1, title: "Handbook", document_id, version_id: version(at), quote },
      ...{ chunk_id: String(at), part: 3 },
    }),
  );
  const passages = new Map(
    texts.map((text, at): [number, ReceivedPassage] => [
      at + 1,
      { versionId: version(at), text, start: 1_000, end: 1_000 + text.length },
    ]),
  );
  return { sources, passages };
}

/** Returns each quotation of an answer with its state, and with the document's words if it is verified. */
function check(answer: string, ...texts: string[]) {
  const { sources, passages } = turnWith(texts);
  return checkCitations(answer, sources, passages).map((citation) => {
    const words = answer.slice(citation.start, citation.end);
    const { index, state, document_start: start = 0, document_end: end = 0 } = citation;
    const text = passages.get(index)?.text ?? "";
    return { words, index, state, found: text.slice(start - 1_000, end - 1_000) };
  });
}

const isVerified = (answer: string, ...texts: string[]) => {
  const found = check(answer, ...texts);
  expect(found).not.toEqual([]);
  return found.every(({ state }) => state === "verified");
};

const notice = "The notice period is three months. It is not extended by leave.";

it("verifies numbers behind a number that is not a part of them", () => {
  expect(isVerified("“14 2.5 30” [1]", "From 30 14 2.5 30 days")).toBe(true);
  expect(isVerified("“000 euros” [1]", "30 000 euros")).toBe(false);
});

describe("a quotation in an answer", () => {
  it.each([
    ["English marks", "It is “three months” [1]."],
    ["straight marks", 'It is "three months" [1].'],
    ["German marks", "Es sind „three months“ [1]."],
    ["Polish marks", "To „three months” [1]."],
    ["French marks", "C’est « three months » [1]."],
    ["inverted marks", "Es sind »three months« [1]."],
    ["Swedish marks", "Det är ”three months” [1]."],
    ["Japanese marks", "それは「three months」[1]。"],
    ["single marks", "It is ‘three months’ [1]."],
    ["straight single marks", "It is 'three months' [1]."],
    ["bold marks", "It is **“three months”** [1]."],
    ["italic words", "It is “*three months*” [1]."],
    ["marks in italics", 'It is *"three months"* [1].'],
    ["a citation after the full stop", "It is “three months”. [1] And so on."],
    ["a citation at the end of the sentence", "It is “three months” for all [1]. And so on."],
    ["a citation inside the marks", "It is “three months [1].”"],
    ["several citations", "It is “three months” [2][1]."],
    ["a list of citations", "It is “three months” [2, 1]."],
    ["citations with and", "It is “three months” [2] and [1]."],
    ["a citation before it", "According to [1], it is “three months”."],
    ["a list item", "- Notice: “three months” [1]\n- Pay: none"],
    ["a numbered item", "1. “three months” [1]\n2. none"],
    ["a heading", "## “three months” [1]\nMore."],
    ["a table's cell", "| a | b |\n|---|---|\n| Notice | “three months” [1] |"],
    ["a table's row with its source", "| a | b | c |\n|---|---|---|\n| x | “three months” | [1] |"],
    ["a blockquote", "> three months [1]"],
    ["a blockquote on two lines", "> three\n> months\n> [1]"],
    ["a blockquote with marks", "> “three months” [1]"],
    ["a blockquote with an attribution", "> three months\n> — Handbook, page 3 [1]"],
    ["a blockquote before its citation", "> three months\n\n[1] says so."],
    ["a blockquote before its source", "> three months\n\nSource: Handbook [1]"],
    ["a blockquote after its citation", "The handbook says [1]:\n\n> three months"],
    ["an abbreviation after it", "It is “three months” under Sec. A of it [1]."],
    ["a comma that belongs to the answer", "It is “three months,” they say [1]."],
  ])("is found with %s", (_, answer) => {
    const found = check(answer, notice, "Something else.");
    expect(found).toMatchObject([{ index: 1, state: "verified", found: "three months" }]);
    expect(found[0]?.words).toContain("three");
  });

  it.each([
    ["without a citation", "It is “three months”."],
    ["with the citation of the next sentence", "It is “three months”. The pay is 5 [1]."],
    ["with the citation of another paragraph", "It is “three months”\n\nThe pay is 5 [1]."],
    ["in code", "Run `print(“three months”)` [1]."],
    ["in a fenced block", "```\n“three months” [1]\n```"],
    ["in a blockquote before another statement", "> three months\n\nThe pay is low. And late [1]."],
    ["of one word", "It is the so-called “notice” [1]."],
    ["with a link that looks like a citation", "It is “three months” [1](https://a.example)."],
    ["that is an apostrophe", "It's the employees' and the firm's period [1]."],
  ])("is none %s", (_, answer) => {
    expect(check(answer, notice)).toEqual([]);
  });

  it("of several each takes the next citation", () => {
    const found = check(
      "It is “three months” [1] and “two weeks” [2], never “four years” or “five days” [1].",
      notice,
      "The trial period is two weeks.",
    );
    expect(found.map(({ index, state }) => [index, state])).toEqual([
      [1, "verified"],
      [2, "verified"],
      [1, "unverified"],
      [1, "unverified"],
    ]);
  });

  it.each([
    ["“three months.” The pay is low [1].", 0],
    ["Is it “three months”? No [1].", 0],
    ["It is so. “three months” is long [1].", 1],
    ["It is “three months”, e.g. Berlin, Dr. Who and z. B. Bonn [1].", 1],
    ["“three months?” asks the staff [1].", 1],
  ])("%j has %i with a source in its sentence", (answer, count) => {
    expect(check(answer, notice)).toHaveLength(count);
  });

  it("may hold another quotation", () => {
    const text = 'Staff say "we rest" on Fridays.';
    expect(check("“Staff say ‘we rest’ on Fridays” [1]", text)).toMatchObject([
      { state: "verified", found: 'Staff say "we rest" on Fridays' },
    ]);
    expect(check("„Staff say ‚we rest‘ on Fridays“ [1]", text)).toMatchObject([
      { state: "verified" },
    ]);
  });
});

describe("a verified quotation may differ in", () => {
  it.each([
    ["white space", "“three  months” [1]", "three\n months"],
    ["no-break space", "“30 days” [1]", "30\u00a0days"],
    [
      "hyphenation at the end of a line",
      "“Kündigungsfrist gilt” [1]",
      "Die Kündi-\ngungsfrist gilt.",
    ],
    ["a hyphen at the end of a line", "“well-known people” [1]", "The well-\nknown people"],
    ["a hyphen before a word", "“Vor- und Nachteile” [1]", "Die Vor-\nund Nachteile"],
    ["soft hyphens", "“Kündigungsfrist gilt” [1]", "Kündi\u00adgungs\u00adfrist gilt"],
    [
      "a soft hyphen at the end of a line",
      "“Kündigungsfrist gilt” [1]",
      "Kündigungs\u00ad\nfrist gilt",
    ],
    ["quotation marks", "“don't stop” [1]", "don’t stop"],
    ["dashes", "“one – two” [1]", "one—two"],
    ["a hyphen for a dash", "“well—known” [1]", "well-known"],
    ["what a dash keeps apart", "“two three” [1]", "one – two three—four, one—two three - four"],
    ["the dash of a range", "“10-15 days” [1]", "10–15 days"],
    ["an ellipsis", "“wait... for it now” [1]", "wait… for it now"],
    ["ligatures", "“official office” [1]", "o\ufb03cial o\ufb03ce"],
    ["full-width forms", "“30 days, A” [1]", "３０ days， Ａ"],
    ["composed letters", "“für Bücher” [1]", "fu\u0308r Bu\u0308cher"],
    ["bold words", "“the **three** months” [1]", "the three months"],
    ["the source's Markdown", "“the three months” [1]", "the **three** `months`"],
    ["escaped marks", "“2 \\* 3 items” [1]", "2 * 3 items"],
    ["a link", "“the [three](https://a.example/x) months” [1]", "the three months"],
    ["the first letter's case", "It says “the notice period is three months” [1]", notice],
    ["the space before a percent sign", "“5% of the pay” [1]", "5 % of the pay"],
    [
      "the space before a question mark",
      "“Pourquoi pas ? Parce que” [1]",
      "Pourquoi pas? Parce que",
    ],
    ["the space after a currency", "“€ 50 a day” [1]", "€50 a day"],
    ["its full stop", "“three months.” [1]", "three months and more"],
    ["zero-width characters", "“three months” [1]", "three\u200b mon\ufeffths"],
    ["the cells of a table", "“Berlin 30 days” [1]", "| Berlin | 30 days |"],
    ["line breaks of a cell", "“three<br>months” [1]", "three months"],
    ["the bullets of a list", "“tea and coffee” [1]", "• tea and\n• coffee"],
  ])("%s", (_, answer, text) => {
    expect(isVerified(answer, text)).toBe(true);
  });

  it("words that an ellipsis leaves out, in order", () => {
    const text = "Each person gets thirty days of leave in a year, and more after that time.";
    for (const mark of ["…", "...", "[…]", "[...]", "(…)"]) {
      expect(isVerified(`“thirty days ${mark} after that time” [1]`, text)).toBe(true);
      expect(isVerified(`“after that time ${mark} thirty days” [1]`, text)).toBe(false);
    }
    expect(isVerified("“…thirty days of leave…” [1]", text)).toBe(true);
    // Single words would make any sentence.
    expect(isVerified("“Each … more … leave” [1]", text)).toBe(false);
  });
});

describe("a quotation is not verified", () => {
  it.each([
    ["with another digit", "“31 days” [1]", "30 days"],
    ["with a part of a number", "“5 days” [1]", "15 days, 1.5 days, 1,5 days, 2/5 days"],
    ["with a negative number's digits", "“5 °C” [1]", "It is -5 °C, or −5 °C."],
    ["with the end of a number in words", "“five days” [1]", "twenty-five days"],
    ["with the start of a number in words", "“up to twenty” [1]", "up to twenty-five"],
    ["with the end of a compound", "“annual report” [1]", "the semi-annual report"],
    ["with the end of a divided word", "“ment period” [1]", "the employ-\nment period"],
    ["without the sign before a number", "“5 kg of tea” [1]", "≤ 5 kg of tea, < 5 kg of tea"],
    ["with the end of a range", "“15 days” [1]", "10-15 days"],
    ["with the start of a number", "costs “up to 12” [1]", "up to 12.5, up to 12 500, up to 120"],
    ["with the end of a large number", "“500 euros” [1]", "12 500 euros"],
    ["without the percent sign", "“rises by 15” [1]", "rises by 15 %"],
    ["with a superscript as digit", "“102 items” [1]", "10² items"],
    ["without a negation", "“staff may smoke” [1]", "staff may not smoke"],
    [
      "without the negation before it",
      "Staff are “permitted to smoke” [1]",
      "not permitted to smoke",
    ],
    ["without the negation after it", "„Der Anspruch besteht“ [1]", "Der Anspruch besteht nicht."],
    ["without a contraction", "They “agree to that” [1]", "They don’t agree to that"],
    ["without a prefix", "the “smoker areas” [1]", "all non-smoker areas"],
    [
      "without a negation in the ellipsis",
      "“staff are … permitted to smoke” [1]",
      "staff are not permitted to smoke",
    ],
    ["without a Chinese negation", "「允许在室内吸烟」[1]", "这里不允许在室内吸烟"],
    ["with a negation", "“staff may not smoke” [1]", "staff may smoke"],
    ["with swapped words", "“months three” [1]", "three months"],
    ["with an added word", "“three whole months” [1]", "three months"],
    ["with words joined", "“is notable here” [1]", "is not able here"],
    ["with a decimal comma more", "“1, 5 days” [1]", "1,5 days"],
    ["with another mark in a number", "“1,200 euros” [1]", "1.200 euros"],
    ["with a percent sign more", "“15% of it” [1]", "15 of it"],
    ["with digits joined", "“10 5 days” [1]", "105 days"],
    ["with a part of a word", "“he rapist was” [1]", "the therapist was"],
    ["with another sign", "“is x ≠ y” [1]", "is x = y"],
    ["of words that nobody wrote", "“four years” [1]", notice],
    ["of another document", "“three months” [2]", notice],
    ["with a number that no source has", "“three months” [9]", notice],
  ])("%s", (_, answer, text) => {
    expect(check(answer, text, "Something else.")).toMatchObject([{ state: "unverified" }]);
  });

  it("but is if the answer says the negation itself", () => {
    expect(isVerified("They are not “permitted to smoke” [1].", "not permitted to smoke")).toBe(
      true,
    );
  });

  it("and tells the longest words in common", () => {
    const runOf = (answer: string, text: string) => {
      const { sources, passages } = turnWith([text]);
      return checkCitations(answer, sources, passages).map(({ longest_run }) => longest_run);
    };
    expect(runOf("“the notice period is four months” [1]", notice)).toEqual([
      "The notice period is",
    ]);
    expect(runOf("“permitted to smoke” [1]", "Nobody is not permitted to smoke.")).toEqual([
      "not permitted to smoke",
    ]);
    expect(runOf("“quite other words” [1]", notice)).toEqual([undefined]);
  });
});

describe("passages of one document", () => {
  const whole = "The notice period is three months. It ends on a Friday. The pay is monthly.";
  const passage = (from: number, to: number): ReceivedPassage => ({
    ...{ versionId: version(1), start: from, end: to, text: whole.slice(from, to) },
  });
  const sourceOf = (index: number): Source => ({
    ...{ index, title: "Handbook", document_id, version_id: version(1), chunk_id: String(index) },
    quote: "",
  });
  const checked = (answer: string, passages: Map<number, ReceivedPassage>) =>
    checkCitations(answer, [...passages.keys()].map(sourceOf), passages);
  const two = new Map([
    [1, passage(0, 54)],
    [2, passage(35, whole.length)],
  ]);

  it("hold a quotation that begins in one and ends in the next", () => {
    const [citation] = checked("“three months. It ends on a Friday. The pay is monthly” [1]", two);
    expect(citation).toMatchObject({ state: "verified", index: 1, document_start: 21 });
    expect(whole.slice(citation?.document_start, citation?.document_end)).toBe(
      "three months. It ends on a Friday. The pay is monthly",
    );
  });

  it("correct the number of one another", () => {
    expect(checked("“The pay is monthly” [1]", two)).toMatchObject([
      { state: "verified", index: 2 },
    ]);
    expect(checked("“It ends on a Friday” [2]", two)).toMatchObject([{ index: 2 }]);
    expect(checked("“It ends on a Friday” [1]", two)).toMatchObject([{ index: 1 }]);
  });

  it("are not one text if something stands between them", () => {
    const apart = new Map([
      [1, passage(0, 34)],
      [2, passage(56, whole.length)],
    ]);
    expect(checked("“three months. The pay is monthly” [1]", apart)).toMatchObject([
      { state: "unverified" },
    ]);
  });

  it("may repeat the header of their table", () => {
    const table = new Map([
      [1, { versionId: version(1), text: "City | Days\nBerlin | 30", start: 500, end: 511 }],
    ]);
    expect(checked("“Berlin 30” [1]", table)).toMatchObject([
      { state: "verified", document_start: 500, document_end: 511 },
    ]);
    expect(checked("“City Days” [1]", table)).toMatchObject([
      { state: "verified", document_start: 500, document_end: 511 },
    ]);
  });
});

it("a quotation of a deleted document is removed, and one of a web page is not checked", () => {
  const { sources } = turnWith([notice]);
  const web: Source = { index: 2, title: "Page", url: "https://a.example/", quote: "three" };
  const answer = "“three months” [1] and “four years” [2].";
  expect(checkCitations(answer, [...sources, web], new Map([[1, null]]))).toMatchObject([
    { index: 1, state: "removed" },
  ]);
});
