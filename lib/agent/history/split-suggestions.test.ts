import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSuggestionSplitter, type TextEnd } from "./split-suggestions.ts";

/** Returns what a person sees of a text that arrives in these pieces, and the suggestions at its end. */
function read(pieces: string[], how: TextEnd = "complete") {
  const splitter = createSuggestionSplitter();
  const shown = pieces.map((piece) => splitter.push(piece)).join("");
  const { text, suggestions } = splitter.end(how);
  return { text: shown + text, suggestions };
}

/** Returns the text in two pieces, cut at each position. */
const cutsOf = (text: string) =>
  [...text.padEnd(text.length + 1)].map((_, at) => [text.slice(0, at), text.slice(at)]);

const list = "<next>\nWhat is it?\nAnd why?\n</next>";
const suggestions = ["What is it?", "And why?"];

describe("a list at the end of an answer is no text", () => {
  it.each<[what: string, written: string, text: string, suggestions: string[]]>([
    ["closed", `It is so.\n\n${list}`, "It is so.", suggestions],
    ["white space around it", `It is so.\n${list} \n\n`, "It is so.", suggestions],
    [
      "Windows line breaks",
      `It is so.\r\n${list.replaceAll("\n", "\r\n")}`,
      "It is so.\r",
      suggestions,
    ],
    ["not closed", "It is so.\n<next>\nWhat is it?\nAnd w", "It is so.", ["What is it?"]],
    ["half closed", "It is so.\n<next>\nWhat is it?\n</nex", "It is so.", ["What is it?"]],
    [
      "closed on its last line",
      "It is so.\n<next>\nWhat is it?</next>",
      "It is so.",
      ["What is it?"],
    ],
    ["empty", "It is so.\n<next>\n</next>", "It is so.", []],
    ["after code", `\`\`\`sh\n<next>\n\`\`\`\n${list}`, "```sh\n<next>\n```", suggestions],
    [
      "after a list that was text",
      `A\n<next>\nB\n</next>\nC\n${list}`,
      "A\n<next>\nB\n</next>\nC",
      suggestions,
    ],
    [
      "after another list",
      `A\n<next>\nB\n</next>\n${list}`,
      "A\n<next>\nB\n</next>\n",
      suggestions,
    ],
  ])("%s", (_what, written, text, expected) => {
    for (const pieces of [[written], [...written], ...cutsOf(written)]) {
      expect(read(pieces), JSON.stringify(pieces)).toEqual({ text, suggestions: expected });
    }
  });
});

describe("anything else is text", () => {
  it.each([
    ["a text without a list", "It is so.\n\nReally.\n"],
    ["half a mark", "It is so.\n<nex"],
    ["a mark that nothing follows", "Write\n<next>"],
    ["a mark within a line", `Write ${list}`],
    ["a mark with an indentation", `So:\n    ${list}`],
    ["a mark with more on its line", "So:\n<next> one\n</next>"],
    ["a list in a block of code", `So:\n\`\`\`\n${list}\n\`\`\``],
    ["a list in a block of code that is not closed", `So:\n~~~~\n~~~\n${list}`],
    ["a list that text follows", `It is so.\n${list}\nReally.`],
    ["a list that never ends", `It is so.\n<next>\n${"And why?\n".repeat(200)}`],
    ["a line that never ends", `It is so.\n<next>\n${"why ".repeat(400)}\n</next>`],
    ["a list without a complete line", "It is so.\n<next>\nWhat is"],
    ["a list that is the whole answer", list],
    ["many line breaks", `It is so.${"\n".repeat(3_000)}`],
  ])("%s", (_what, written) => {
    for (const pieces of [[written], [...written]]) {
      expect(read(pieces)).toEqual({ text: written, suggestions: [] });
    }
  });
});

it.each(["cut", "call"] as const)("drops the list of an answer whose end is: %s", (how) => {
  for (const end of ["", "<next>\nWhat is it?\nAnd", list]) {
    expect(read([`It is so.\n${end}`], how)).toEqual({
      text: end === "" ? "It is so.\n" : "It is so.",
      suggestions: [],
    });
  }
});

it("shows a list that a thought follows", () => {
  expect(read([`It is so.\n${list}`], "thought").text).toBe(`It is so.\n${list}`);
});

it("shows each word as soon as it cannot become a mark", () => {
  const splitter = createSuggestionSplitter();
  expect(["One", " two\n", "<ne", "w> ", "three"].map((piece) => splitter.push(piece))).toEqual([
    ...["One", " two", "", "\n<new> ", "three"],
  ]);
});

it("neither the text nor the suggestions depend on how the text arrives, and nothing is lost", () => {
  const bits = [
    "<next>",
    "</next>",
    "\n",
    "```",
    "~~~",
    " ",
    "a",
    "What is it?",
    "<",
    "next",
    ">",
    "\r",
  ];
  const written = fc
    .array(fc.oneof(fc.constantFrom(...bits), fc.string()))
    .map((all) => all.join(""));
  const end = fc.constantFrom<TextEnd>("complete", "cut", "call", "thought");
  fc.assert(
    fc.property(written, fc.array(fc.nat(20), { minLength: 1 }), end, (text, sizes, how) => {
      const pieces: string[] = [];
      for (let at = 0, turn = 0; at < text.length; turn += 1) {
        const size = 1 + (sizes[turn % sizes.length] ?? 0);
        pieces.push(text.slice(at, at + size));
        at += size;
      }
      const whole = read([text], how);
      expect(read(pieces, how)).toEqual(whole);
      // What is shown is the text, or the text before its last list.
      expect(text.startsWith(whole.text)).toBe(true);
      expect(text.slice(whole.text.length).trimStart()).toMatch(/^(?:<next>|$)/u);
      expect(whole.suggestions.length).toBeLessThanOrEqual(3);
    }),
    { numRuns: 2_000 },
  );
});
