import { isRightToLeft } from "./logical-order.ts";

/** Returns the text of a glyph, without signs that nobody sees, in the order in which glyphs are painted. */
export const glyphText = (unicode: string): string => asPainted(readable(unicode));

/** A glyph of several Arabic letters names them in reading order. All other glyphs stand in the order in which they are painted. */
const asPainted = (text: string): string =>
  text.length > 1 && isRightToLeft(text) ? [...text].reverse().join("") : text;

/** Bullets of symbol fonts have codes for private use. Presentation forms and ligatures become their letters. */
function readable(unicode: string): string {
  return (
    unicode
      .replace(/[\uf0b7\uf0a7\uf06c\uf0d8\uf076\uf0a8\uf02d\uf0fc]/g, "•")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed.
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200d\ufeff\ue000-\uf8ff\ufffd]/g, "")
      .replace(/[\u2f00-\u2fd5\ufb00-\ufdff\ufe70-\ufeff]/g, (letter) => letter.normalize("NFKC"))
      .replace(/[\u2e80-\u2eff]/g, (radical) => ideographs[radical] ?? radical)
  );
}

/** Browsers name a glyph by a radical when the font draws an ideograph and its radical with the same glyph. */
const ideographs: Record<string, string> = Object.fromEntries(
  "⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻰龙⻳龟"
    .match(/../gu)
    ?.map((pair) => [...pair]) ?? [],
);
