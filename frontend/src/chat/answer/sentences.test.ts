import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextSentences } from "./sentences.ts";

/** Returns the spoken parts of an answer that arrives in pieces of `pieceLength` UTF-16 units. */
function spokenWhile(text: string, pieceLength = 1): string[] {
  const spoken: string[] = [];
  let from = 0;
  const read = (length: number, isComplete: boolean) => {
    const next = nextSentences(text.slice(0, length), from, isComplete);
    from = next.to;
    if (next.spoken !== "") spoken.push(next.spoken);
  };
  for (let length = 0; length < text.length; length += pieceLength) read(length, false);
  read(text.length, true);
  return spoken;
}

describe("a spoken answer", () => {
  it("consists of complete sentences, each once", () => {
    const first = nextSentences("Hello there. It is 3.5 deg", 0, false);
    expect(first).toEqual({ spoken: "Hello there.", to: 13 });
    expect(nextSentences("Hello there. It is 3.5 degrees.", first.to, false).spoken).toBe("");
    expect(nextSentences("Hello there. It is 3.5 degrees.", first.to, true)).toEqual({
      spoken: "It is 3.5 degrees.",
      to: 31,
    });
  });

  it.each([
    ["它是红色的。真的吗？是的！", ["它是红色的。", "真的吗？", "是的！"]],
    ["これは本です。「はい。」と言った。", ["これは本です。", "「はい。」", "と言った。"]],
    ["यह है। वह गया। ठीक", ["यह है।", "वह गया।", "ठीक"]],
    ["كيف حالك؟ أنا بخير. نعم", ["كيف حالك؟", "أنا بخير.", "نعم"]],
    ["Τι κάνεις; Καλά είμαι.", ["Τι κάνεις;", "Καλά είμαι."]],
    ["좋아요. 가자!", ["좋아요.", "가자!"]],
    [
      "Dr. Smith left at 3.15 p.m. on May 5. He paid $3.50.",
      ["Dr. Smith left at 3.15 p.m. on May 5.", "He paid $3.50."],
    ],
    ["Das gilt z. B. Montag. Nr. 5 ist weg.", ["Das gilt z. B. Montag.", "Nr. 5 ist weg."]],
    ["J. R. Smith came. Go.", ["J. R. Smith came.", "Go."]],
    ["1. Open it. Now\n2. Close it.", ["1. Open it.", "Now", "2. Close it."]],
    ["- [ ] Buy ink.\n- [x] Pay.\n```js\nf(1)\n```\nDone.", ["Buy ink.", "Pay.", "f(1)", "Done."]],
    ["Line\n\nAnother!  And? So!", ["Line", "Another!", "And?", "So!"]],
  ])("is divided into sentences: %j", (text, sentences) => {
    expect(spokenWhile(text)).toEqual(sentences);
    const inPieces = spokenWhile(text, 5).join("");
    expect(inPieces.replaceAll(" ", "")).toBe(sentences.join("").replaceAll(" ", ""));
  });

  it.each([
    "สวัสดีครับ ผมชื่อสมชาย วันนี้อากาศดีมาก ",
    "สวัสดีครับผมชื่อสมชายวันนี้อากาศดีมาก",
    "一个很长的句子，没有结束，",
    "没有标点的一个很长的句子",
    "words that go on and on, ",
  ])("is divided into parts if no sentence ends: %j", (phrase) => {
    const text = phrase.repeat(40);
    const spoken = spokenWhile(text, 3);
    expect(spoken.length).toBeGreaterThan(1);
    expect(Math.max(...spoken.map(({ length }) => length))).toBeLessThan(300);
    expect(spoken.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  });

  it("contains all text once for any pieces", () => {
    const part = fc.constantFrom(
      "Dr. A",
      "3.5",
      "它。",
      "是 ",
      "है। ",
      "so. ",
      "\n",
      "x, ",
      "ก",
      "「a」",
      "!",
      " ",
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (parts, length) => {
          const text = parts.join("");
          expect(spokenWhile(text, length).join("").replace(/\s/g, "")).toBe(
            text.replace(/\s/g, ""),
          );
        },
      ),
    );
  });

  it("contains no Markdown", () => {
    const text =
      "## Sum\n\n**60** is `12.5%` of [480](https://example.com).\n- a\n\n| b | c |\n|---|---|\n";
    expect(nextSentences(text, 0, true).spoken).toBe("Sum 60 is 12.5% of 480. a b c");
  });

  it.each([
    ["age(1~3), height(80~100)", "age(1~3), height(80~100)"],
    ["2*3 = 6, 2 * 3 = 6, 2**3 = 8", "2*3 = 6, 2 * 3 = 6, 2**3 = 8"],
    ["C# and F# if 5 > 3", "C# and F# if 5 > 3"],
    ["`my_file_name` in *italics*, __bold__, ~~gone~~", "my file name in italics, bold, gone"],
    ["> ## Title\n> > quoted\n* item\n**5** or **6**.", "Title quoted item 5 or 6."],
    ["价格**100**元，*重点*文字", "价格100元，重点文字"],
    ["![a cat](https://example.com/cat.png)", "a cat"],
  ])("keeps characters that are not Markdown: %j", (text, spoken) => {
    expect(nextSentences(text, 0, true).spoken).toBe(spoken);
  });
});
