import { expect, it } from "vitest";
import { decodeText } from "./decode-text.ts";

const html = "text/html";
const latin = (text: string) => Buffer.from(text, "latin1");

it.each<[string, Uint8Array, string, string]>([
  ["UTF-8 without a word about it", Buffer.from("Größe €"), html, "Größe €"],
  ["windows-1252 without a word about it", latin("Gr\xF6\xDFe \x80"), html, "Größe €"],
  ["the header's charset", latin("\xC8"), 'text/plain; charset="ISO-8859-2"', "Č"],
  [
    "the header before the page",
    Buffer.from("<meta charset=iso-8859-1>ä"),
    `${html};charset=utf-8`,
    "<meta charset=iso-8859-1>ä",
  ],
  ["a page's meta", latin("<meta charset='iso-8859-2'>\xC8"), html, "<meta charset='iso-8859-2'>Č"],
  [
    "an old page's meta",
    latin('<META http-equiv=Content-Type content="text/html; charset=windows-1251">\xC6'),
    html,
    '<META http-equiv=Content-Type content="text/html; charset=windows-1251">Ж',
  ],
  [
    "an XML declaration",
    latin('<?xml version="1.0" encoding="iso-8859-2"?><a>\xC8</a>'),
    "application/xml",
    '<?xml version="1.0" encoding="iso-8859-2"?><a>Č</a>',
  ],
  ["a byte order mark before all", Buffer.from("\uFEFFä"), `${html}; charset=latin1`, "ä"],
  ["UTF-16", Buffer.from("\uFEFFhé", "utf16le"), "text/plain", "hé"],
  [
    "a page that says UTF-16 in ASCII",
    Buffer.from("<meta charset=utf-16>ä"),
    html,
    "<meta charset=utf-16>ä",
  ],
  ["a charset that nobody knows", Buffer.from("ä"), "text/plain; charset=klingon", "ä"],
  ["Japanese", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), "text/html; charset=shift_jis", "日本"],
  ["a character cut in half", Buffer.from("aä").subarray(0, 2), "text/plain", "a\uFFFD"],
])("%s is read", (_name, bytes, contentType, text) => {
  expect(decodeText(bytes, contentType)).toBe(text);
});
