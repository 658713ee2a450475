import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf, partWith } from "./page-parts.ts";

const block = (text: string, isTight = false) => ({ text, isTight });

describe("the parts of a page", () => {
  it("end between blocks", () => {
    const blocks = [block("# One"), block("x".repeat(30)), block("- a"), block("- b", true)];
    expect(partsOf(blocks, 40)).toEqual([`# One\n\n${"x".repeat(30)}`, "- a\n- b"]);
  });

  it("end at a line or a word of a block that is too long", () => {
    expect(partsOf([block(`${"a ".repeat(15)}\n${"b ".repeat(12)}`)], 40)).toEqual([
      "a ".repeat(15),
      "b ".repeat(12),
    ]);
    expect(partsOf([block("word ".repeat(10).trim())], 24)).toEqual([
      ...["word word word word", "word word word word", "word word"],
    ]);
  });

  it("cut no character in half", () => {
    expect(partsOf([block("🙂".repeat(5))], 10)).toEqual(["🙂🙂", "🙂🙂", "🙂"]);
  });

  it("of nothing are none", () => {
    expect(partsOf([])).toEqual([]);
  });

  it("hold every character except white space, and none is too long", () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }));
    fc.assert(
      fc.property(texts, fc.integer({ min: 8, max: 100 }), (written, maxBytes) => {
        const parts = partsOf(
          written.map((text) => block(text)),
          maxBytes,
        );
        const bare = (text: string) => text.replace(/[ \n]/g, "");
        expect(bare(parts.join(""))).toBe(bare(written.join("")));
        for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});

describe("the part with some words", () => {
  const parts = ["Prices of apples", "Prices of Äpfel and pears", "Nothing"];
  it.each([
    ["pears", 2],
    ["PRICES apfel", 2],
    ["prices", 1],
    ["plums", undefined],
    ["  ", undefined],
  ])("%j is %s", (words, number) => {
    expect(partWith(parts, words)).toBe(number);
  });
});

it("parts that are kept do not keep the long text that they were cut from", async () => {
  const program = `
    import { partsOf } from ${JSON.stringify(new URL("page-parts.ts", import.meta.url))};
    const kept = [];
    for (let page = 0; page < 8; page += 1) {
      const text = String(page) + "word ".repeat(5_000_000);
      kept.push(partsOf([{ text, isTight: false }]).slice(0, 600));
    }
    console.log(kept.flat().length);`;
  const options = ["--max-old-space-size=160", "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  expect(stdout).toBe("4800\n");
});
