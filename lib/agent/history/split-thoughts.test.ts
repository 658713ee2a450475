import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createThoughtSplitter, withoutThoughts } from "./split-thoughts.ts";

/** Returns what a person sees of a text that arrives in these pieces. */
function read(pieces: string[], options?: { mayLackOpening: boolean }) {
  const splitter = createThoughtSplitter(options);
  let thoughts: string[] = [];
  let text = "";
  for (const piece of [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]) {
    if (piece.type === "text") text += piece.text;
    else if (piece.type === "text_was_thought") [text, thoughts] = ["", [piece.text]];
    else if (piece.isFirst) thoughts.push(piece.text);
    else thoughts.push(`${thoughts.pop()}${piece.text}`);
  }
  return { text, thoughts: thoughts.filter((thought) => thought !== "") };
}

/** Expects the same result however the text is cut into up to three pieces, or into single characters. */
function expectAtEveryCut(
  written: string,
  expected: ReturnType<typeof read>,
  options?: { mayLackOpening: boolean },
): void {
  expect(read([written], options)).toEqual(expected);
  expect(read([...written], options)).toEqual(expected);
  for (let first = 0; first <= written.length; first += 1) {
    for (let second = first; second <= written.length; second += 1) {
      const pieces = [written.slice(0, first), written.slice(first, second), written.slice(second)];
      expect(read(pieces, options), JSON.stringify(pieces)).toEqual(expected);
    }
  }
}

const cases: [said: string, thoughts: string[], text: string][] = [
  ["<thinking> The person greets me. </thinking>\n\nHello!", ["The person greets me."], "Hello!"],
  ["<think>\nHm.\n</think>\nHello!", ["Hm."], "Hello!"],
  ["\n <THINKING>Hm.</Thinking> Hello!", ["Hm."], "Hello!"],
  ["<think >Hm.</think\n>Hello!", ["Hm."], "Hello!"],
  ["<thinking>One.</thinking>\n<think>Two.</think>\n\nHello!", ["One.", "Two."], "Hello!"],
  [
    "<thinking>Is 1 < 2? </b> yes\n\n  and on</thinking>Yes.",
    ["Is 1 < 2? </b> yes\n\n  and on"],
    "Yes.",
  ],
  ["<thinking></thinking>Hello!", [], "Hello!"],
  ["<thinking>Hm.</think>Hello!", ["Hm."], "Hello!"],
  ["<thinking>Never closed", ["Never closed"], ""],
  ["<thinking>Cut in its </thin", ["Cut in its"], ""],
  ["<thinking>Hm.</thinking>\n\n", ["Hm."], ""],
  ["  Hello\n\nthere ", [], "Hello\n\nthere "],
  ["<thin", [], "<thin"],
  ["<thinker>is no tag", [], "<thinker>is no tag"],
  ["< thinking> is no tag", [], "< thinking> is no tag"],
  [
    "The tag <thinking>holds</thinking> thoughts.",
    [],
    "The tag <thinking>holds</thinking> thoughts.",
  ],
  ["`<thinking>` begins a thought.", [], "`<thinking>` begins a thought."],
  ["```xml\n<think>x</think>\n```", [], "```xml\n<think>x</think>\n```"],
  ["Write:\n\n<thinking>\nx\n</thinking>\n", [], "Write:\n\n<thinking>\nx\n</thinking>\n"],
  [
    "<thinking>Explain.</thinking>\n\nThe tag <thinking> begins one.",
    ["Explain."],
    "The tag <thinking> begins one.",
  ],
];

describe("createThoughtSplitter", () => {
  it.each(cases)("splits %j, cut at every position", (written, thoughts, text) => {
    expectAtEveryCut(written, { text, thoughts });
    expectAtEveryCut(written, { text, thoughts }, { mayLackOpening: true });
  });

  it("returns the same result for every cut", () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), cuts, (written, mayLackOpening, at) => {
        const options = { mayLackOpening };
        expect(read(piecesOf(written, at), options)).toEqual(read([written], options));
      }),
      { numRuns: 2_000 },
    );
  });
});

const withoutOpening: typeof cases = [
  ["The person greets me.\n</think>\n\nHello!", ["The person greets me."], "Hello!"],
  ["Hm.</thinking>Hello!", ["Hm."], "Hello!"],
  ["\nHm.</THINK >\n Hello!", ["Hm."], "Hello!"],
  ["</think>\n\nHello!", [], "Hello!"],
  ["Is `a` in ~~~?\n\nYes.</think>Yes.", ["Is `a` in ~~~?\n\nYes."], "Yes."],
  ["Write `<think>` first.</think>Write it.", ["Write `<think>` first."], "Write it."],
  ["```js\na\n```\nGood.</think>Here:", ["```js\na\n```\nGood."], "Here:"],
  ["Hm.</think><think>Well.</think>Yes.", ["Hm.", "Well."], "Yes."],
  ["Hm.</think>It ends with </think>.", ["Hm."], "It ends with </think>."],
  ["Hm.</think>", ["Hm."], ""],
  ["Hm.</thin", [], "Hm.</thin"],
  ["Hm.</thinker>Hello!", [], "Hm.</thinker>Hello!"],
];

const literal = [
  "The tag `</think>` ends a thought.",
  "The tags ``<think>`` and ``</think>`` hold it.",
  "Write:\n\n```\n</think>\n```\nDone.",
  "Write:\n\n~~~\n```\n</think>",
  "Write:\n\n    </think>\n\nDone.",
  "The tag <think>holds</think> thoughts.",
];

describe("createThoughtSplitter with mayLackOpening", () => {
  it.each(withoutOpening)("splits %j, cut at every position", (written, thoughts, text) => {
    expectAtEveryCut(written, { text, thoughts }, { mayLackOpening: true });
  });

  it.each(literal)("leaves the literal tag in %j", (written) => {
    expectAtEveryCut(written, { text: written, thoughts: [] }, { mayLackOpening: true });
  });

  it("leaves a closing tag far behind the start of the text", () => {
    const written = `${"word ".repeat(2_000)}</think> ends a thought.`;
    const options = { mayLackOpening: true };
    expect(read([written], options)).toEqual({ text: written, thoughts: [] });
    expect(read([...written], options)).toEqual({ text: written, thoughts: [] });
  });

  it("leaves every closing tag without the option", () => {
    const written = "Hm.</think>Hello!";
    expectAtEveryCut(written, { text: written, thoughts: [] });
  });
});

describe("withoutThoughts", () => {
  it("removes what the splitter calls a thought", () => {
    fc.assert(
      fc.property(anyText, (written) => {
        expect(withoutThoughts(written).trimStart()).toBe(read([written]).text);
      }),
      { numRuns: 2_000 },
    );
  });
});

const fragment = fc.constantFrom(
  ...["<think>", "<thinking>", "</think>", "</thinking>", "<", ">", "</", "thin", "king"],
  ...[" ", "\n\n", "Hello", "```", "`", "\n    ", "é"],
);
const anyText = fc.array(fragment, { maxLength: 14 }).map((fragments) => fragments.join(""));
const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 6 });

function piecesOf(written: string, at: number[]): string[] {
  const starts = [0, ...at.map((cut) => cut % (written.length + 1)).sort((a, b) => a - b)];
  return starts.map((start, index) => written.slice(start, starts[index + 1]));
}
