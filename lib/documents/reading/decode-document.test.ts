import { describe, expect, it } from "vitest";
import { decodeDocument } from "./decode-document.ts";

const german = "Größere Änderungen bedürfen der Schriftform, für 30 € im Monat.";
const utf16le = (text: string) => Buffer.from(text, "utf16le");
const utf16be = (text: string) => utf16le(text).swap16();
/** Encodes by asking the decoder for each byte. */
function encode(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
  );
  return Uint8Array.from([...text], (character) => bytes.get(character) ?? 0x3f);
}

describe("decodeDocument", () => {
  it.each([
    ["UTF-8", Buffer.from(german)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${german}`)],
    ["UTF-16 LE with a mark", utf16le(`\ufeff${german}`)],
    ["UTF-16 BE with a mark", utf16be(`\ufeff${german}`)],
    ["UTF-16 LE without a mark", utf16le(german)],
    ["UTF-16 BE without a mark", utf16be(german)],
  ])("reads %s without a note", (_, bytes) => {
    expect(decodeDocument(bytes)).toEqual({ text: german, notes: [] });
  });

  it("reads Chinese in UTF-16 without a mark", () => {
    const text = "员工每周可以在家工作两天。\n申请须提前一周提交 (2024)。";
    expect(decodeDocument(utf16le(text)).text).toBe(text);
    expect(decodeDocument(utf16be(text)).text).toBe(text);
  });

  it.each([
    ["windows-1252", german],
    ["windows-1252", "Müller"],
    ["windows-1252", "Article;Price\nCafé;3 €\n"],
    ["windows-1252", "L’élève a reçu « une note » : où ça ? Œuvre déjà terminée."],
    ["windows-1250", "Wniosek należy złożyć z wyprzedzeniem; późniejsze są odrzucane."],
    ["windows-1251", "Сотрудники могут работать из дома два дня в неделю."],
    ["koi8-u", "Сотрудники могут работать из дома два дня в неделю."],
    ["windows-1253", "Οι εργαζόμενοι μπορούν να εργάζονται από το σπίτι δύο ημέρες."],
    ["windows-1254", "Çalışanlar haftada iki gün evden çalışabilir, başvuru yapılmalıdır."],
    ["windows-1255", "עובדים רשאים לעבוד מהבית יומיים בשבוע. יש להגיש בקשה מראש."],
    ["windows-1256", "يمكن للموظفين العمل من المنزل يومين في الأسبوع."],
    ["macintosh", german],
  ])("guesses %s and says so", (encoding, text) => {
    expect(decodeDocument(encode(text, encoding))).toEqual({
      text,
      notes: [`The file does not say its character encoding. It was read as ${encoding}.`],
    });
  });

  it.each([
    [
      "shift_jis",
      "8f5d8bc688f582cd8f5482c993f193fa81418ea991ee82c593ad82ad82b182c682aa82c582ab82dc82b78142",
    ],
    ["gb18030", "d4b1b9a4c3bfd6dcbfc9d2d4d4dabcd2b9a4d7f7c1bdccecb5a5ceaca1a3"],
  ])("guesses %s", (encoding, hex) => {
    const bytes = Buffer.from(hex, "hex");
    expect(decodeDocument(bytes).text).toBe(new TextDecoder(encoding).decode(bytes));
  });

  it("takes the stated encoding, unless the bytes are UTF-8", () => {
    const text = "Žádost o dovolenou";
    expect(decodeDocument(encode(text, "iso-8859-2"), "iso-8859-2")).toEqual({ text, notes: [] });
    expect(decodeDocument(Buffer.from(text), "iso-8859-2").text).toBe(text);
    expect(decodeDocument(encode(german, "windows-1252"), "klingon").text).toBe(german);
  });

  it("reads a text in UTF-8 with a damaged character, and says so", () => {
    const bytes = Buffer.concat([Buffer.from(`${german} `.repeat(10)), Buffer.of(0xc3, 0x20)]);
    const { text, notes } = decodeDocument(bytes);
    expect(text).toContain("Änderungen");
    expect(notes).toEqual(["1 of the file's characters are damaged."]);
  });

  it("leaves out some NULs in a text", () => {
    expect(decodeDocument(Buffer.from(`${german}\0\n${german.repeat(3)}`)).text).toBe(
      `${german}\n${german.repeat(3)}`,
    );
  });

  it("refuses binary data and UTF-32", () => {
    const noise = Uint8Array.from({ length: 4_000 }, (_, index) => (index * index * 31) % 251);
    expect(() => decodeDocument(noise)).toThrow("The file holds binary data, not text.");
    expect(() => decodeDocument(noise.map((byte) => byte || 1))).toThrow(
      "The file holds binary data, not text.",
    );
    expect(() => decodeDocument(Buffer.of(0xff, 0xfe, 0, 0, 65, 0, 0, 0))).toThrow("UTF-32");
  });
});
