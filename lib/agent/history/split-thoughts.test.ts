import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createThoughtSplitter, withoutThoughts } from "./split-thoughts.ts";

/** What a person sees of a text that comes in these pieces. */
function read(pieces: string[]): { text: string; thoughts: string[] } {
  const splitter = createThoughtSplitter();
  const thoughts: string[] = [];
  let text = "";
  for (const said of [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]) {
    if (said.type === "text") text += said.text;
    else if (said.isFirst) thoughts.push(said.text);
    else thoughts.push(`${thoughts.pop()}${said.text}`);
  }
  return { text, thoughts: thoughts.filter((thought) => thought !== "") };
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

describe("the thoughts in front of a text", () => {
  it.each(cases)("are told apart in %j, cut at every place", (said, thoughts, text) => {
    const expected = { text, thoughts };
    expect(read([said])).toEqual(expected);
    expect(read([...said])).toEqual(expected);
    for (let first = 0; first <= said.length; first += 1) {
      for (let second = first; second <= said.length; second += 1) {
        const pieces = [said.slice(0, first), said.slice(first, second), said.slice(second)];
        expect(read(pieces), JSON.stringify(pieces)).toEqual(expected);
      }
    }
  });

  it("do not depend on how the text is cut", () => {
    const fragment = fc.constantFrom(
      ...["<think>", "<thinking>", "</think>", "</thinking>", "<", ">", "</", "thin", "king"],
      ...[" ", "\n\n", "Hello", "```", "é"],
    );
    const cut = fc.array(fc.nat({ max: 200 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 14 }), cut, (fragments, cuts) => {
        const said = fragments.join("");
        const places = [0, ...cuts.map((at) => at % (said.length + 1)).sort((a, b) => a - b)];
        const pieces = places.map((at, index) => said.slice(at, places[index + 1]));
        expect(read(pieces)).toEqual(read([said]));
        expect(withoutThoughts(said).trimStart()).toBe(read([said]).text);
      }),
      { numRuns: 2_000 },
    );
  });
});
