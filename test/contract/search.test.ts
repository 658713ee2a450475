import { describe, expect, it } from "vitest";
import type { Excerpt } from "#lib/contract/conversation.ts";
import { foldedText } from "#lib/conversations/folded-text.ts";
import { openStores } from "./open-stores.ts";
import { type Accepted, acceptAll, claimLease, endOf, newOwner } from "./turn-steps.ts";

const { conversations, letLeaseRunOut, requestsOf, sql, turns } = await openStores();

/** Returns the first turn of a conversation. The texts are messages and answers in alternation. */
async function conversation(owner: string, ...texts: string[]): Promise<Accepted> {
  let where: { owner: string; conversationId?: string } = { owner };
  let first: Accepted | undefined;
  for (let i = 0; i < texts.length; i += 2) {
    const [accepted] = await acceptAll(turns, [texts[i] ?? ""], where);
    first ??= accepted;
    where = accepted;
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf(texts[i + 1] ?? ""));
  }
  if (first === undefined) throw new Error("There is at least one text.");
  return first;
}

async function search(owner: string, search: string) {
  const page = await conversations.list({ owner, search, limit: 10 });
  return page?.conversations ?? [];
}

const marked = ({ text, marks }: Excerpt) => marks.map(({ start, end }) => text.slice(start, end));

describe("a search", () => {
  it.each([
    ["without the accent", "kundigung", "Die Kündigung kommt"],
    ["with an accent that the text lacks", "Kündigung", "Die Kundigung kommt"],
    ["in the other normal form", "Expose\u0301", "Das Exposé ist da"],
    ["in a text of the other normal form", "Exposé", "Das Expose\u0301 ist da"],
    ["in capitals", "KÜNDIGUNG", "die kündigung"],
    ["with ss for ß", "strasse", "Die Straße"],
    ["with ß for ss", "Straße", "Die Strasse"],
    ["in capitals with ẞ", "STRAẞE", "Die Straße"],
    ["in Greek, in another case and without tonos", "οδος", "Η ΟΔΌΣ είναι εδώ"],
    ["in Cyrillic, in another case", "договор", "ДОГОВОР готов"],
    ["in Polish", "lodz", "Jedziemy do Łódź"],
    ["in Danish", "smorrebrod", "Et smørrebrød, tak"],
    ["in Turkish, dotted and dotless", "istanbul isik", "İstanbul ışık"],
    ["in Vietnamese", "viet nam", "Tôi ở Việt Nam"],
    ["in Chinese, inside a sentence", "合同", "请检查这份合同的条款"],
    ["in Japanese, inside a sentence", "契約", "この契約書を確認してください"],
    ["in full-width letters", "ABC", "コードはＡＢＣです"],
    ["in Korean", "계약", "이 계약서를 확인해 주세요"],
    ["in Arabic without vowel points", "كتاب", "هذا كِتَابٌ جديد"],
    ["in Hebrew without points", "שלום", "שָׁלוֹם לכולם"],
    ["with a soft hyphen in the text", "vertrag", "Der Ver\u00adtrag"],
    ["with a ligature in the text", "offiziell", "Das ist o\ufb03ziell"],
    ["with a non-breaking space between the words", "zehn\u00a0Euro", "Es kostet zehn Euro"],
    ["with an apostrophe of the keyboard", "l'ete don't", "C’est l’été, don’t go"],
    ["with an apostrophe of a phone", "don’t", "I don't know"],
    ["with quotation marks of the keyboard", '"so"', "He said “so” to me"],
    ["with a hyphen of the keyboard", "2019-2024 e-mail", "2019–2024 by e\u2011mail"],
    ["with an emoji", "❤", "Ich ❤️ es"],
  ])("matches a word %s", async (_, words, text) => {
    const owner = newOwner();
    await conversation(owner, "something else", "nothing");
    const { conversationId, turnId } = await conversation(owner, "question", `Well. ${text}.`);
    const found = await search(owner, words);
    expect(found.map(({ id }) => id)).toEqual([conversationId]);
    expect(found[0]?.excerpt?.turn_id).toBe(turnId);
    expect(found[0]?.excerpt?.text).toContain(text);
    const asWritten = marked(found[0]?.excerpt ?? { turn_id: null, text: "", marks: [] });
    expect(asWritten.map(foldedText)).toEqual(foldedText(words).split(/\s+/));
  });

  it.each([
    ["a kana", "か", "が"],
    ["a syllable of Hangul", "하", "한"],
    ["a vowel sign", "का", "कि"],
  ])("does not confuse %s with another character", async (_, words, text) => {
    const owner = newOwner();
    await conversation(owner, "question", text);
    expect(await search(owner, words)).toEqual([]);
  });

  it("matches words from the title, a message and an answer of one conversation", async () => {
    const owner = newOwner();
    const found = await conversation(owner, "first apple", "pear", "second", "and a plum");
    await conversations.update({ owner, id: found.conversationId, title: "Früchte" });
    await conversation(owner, "apple", "pear");
    await conversation(owner, "plum", "fruchte");
    const ids = (await search(owner, "plum früchte  APPLE")).map(({ id }) => id);
    expect(ids).toEqual([found.conversationId]);
    expect(await search(owner, "plum früchte apple cherry")).toEqual([]);
  });

  it("shows the text with the most words", async () => {
    const owner = newOwner();
    await conversation(owner, "red", "a red flower", "blue", "a RED and a blue flower");
    const [found] = await search(owner, "blue red");
    expect(found?.excerpt).toMatchObject({ text: "a RED and a blue flower" });
    expect(found?.excerpt && marked(found.excerpt)).toEqual(["RED", "blue"]);
  });

  it("prefers a text with words that the title lacks", async () => {
    const owner = newOwner();
    await conversation(owner, "red and green", "red and green, and again red", "x", "blue");
    const [found] = await search(owner, "blue red green");
    expect(found?.excerpt?.text).toBe("blue");
    expect(found?.title_marks).toEqual([
      { start: 0, end: 3 },
      { start: 8, end: 13 },
    ]);
  });

  it("shows the title if no other text has the words", async () => {
    const owner = newOwner();
    const { conversationId: id } = await conversation(owner, "question", "answer");
    await conversations.update({ owner, id, title: "Über Räder" });
    const [found] = await search(owner, "rader");
    expect(found?.excerpt).toEqual({
      turn_id: null,
      text: "Über Räder",
      marks: [{ start: 5, end: 10 }],
    });
    expect(found?.title_marks).toEqual([{ start: 5, end: 10 }]);
  });

  it.each([
    ["plain letters", "word ".repeat(20_000), "word ".repeat(5_000)],
    ["many accents before the word", "a\u0301\u0302\u0303".repeat(20_000), "plain ".repeat(8_000)],
    ["many accents after the word", "plain ".repeat(8_000), "a\u0301\u0302\u0303".repeat(20_000)],
    ["letters that become two", "ß".repeat(30_000), "s".repeat(30_000)],
    ["emoji", "😀".repeat(20_000), "😀".repeat(20_000)],
  ])("shows a word in the middle of a long text of %s", async (_, before, after) => {
    const owner = newOwner();
    await conversation(owner, "question", `${before} Kündigung ${after}`);
    const [found] = await search(owner, "kundigung");
    expect(found?.excerpt && marked(found.excerpt)).toEqual(["Kündigung"]);
    expect(found?.excerpt?.text.length).toBeLessThan(250);
  });

  it.each(["100%", "snake_case", "C:\\temp", "it's", "$1", "a+b", "(x", "[y]", ".*"])(
    "matches %s literally",
    async (text) => {
      const owner = newOwner();
      await conversation(owner, "100 snakeXcase C:temp its 1 aab x y zz", "ä");
      const wanted = await conversation(owner, `wanted: ${text}`, "ö");
      expect((await search(owner, text)).map(({ id }) => id)).toEqual([wanted.conversationId]);
    },
  );

  it("matches nothing for accents alone", async () => {
    const owner = newOwner();
    await conversation(owner, "question", "answer é");
    expect(await search(owner, "\u0301")).toEqual([]);
  });

  it("matches the text of a turn that a stop ended without a runner", async () => {
    const [accepted] = await acceptAll(turns, ["question"]);
    const lease = await claimLease(turns, accepted);
    await lease.beat({ text: "Half a Künd", tools: [] });
    await letLeaseRunOut(accepted.conversationId);
    await turns.stop(accepted);
    expect(await search(accepted.owner, "kund")).toHaveLength(1);
  });

  it("costs one request", async () => {
    const owner = newOwner();
    await conversation(owner, "question", "answer");
    expect(await requestsOf(() => search(owner, "answer"))).toBe(1);
  });
});

describe("a text that needs no folding", () => {
  it("is not stored twice", async () => {
    const plain = await conversation(newOwner(), "A question", "An ANSWER");
    const accented = await conversation(newOwner(), "A question", "Une réponse");
    const stored = async ({ turnId }: Accepted) =>
      (await sql("select folded from turns where id = $1", [turnId]))[0]?.folded;
    expect(await stored(plain)).toBeNull();
    expect(await stored(accented)).toBe("a question\u001fune reponse");
  });
});

describe("the database and the code", () => {
  it("fold every character in the same way", async () => {
    const characters: string[] = [];
    for (let code = 1; code <= 0x1ffff; code += 1) {
      const character = String.fromCodePoint(code);
      // PostgreSQL and Node may know different versions of Unicode, so unassigned characters are left out.
      if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]$/u.test(character)) characters.push(character);
    }
    const rows = await sql(
      `select character, folded_text(character) as folded from unnest($1::text[]) character
       where unicode_assigned(character)`,
      [characters],
    );
    expect(rows.length).toBeGreaterThan(70_000);
    const different = rows.filter(
      ({ character, folded }) => foldedText(String(character)) !== folded,
    );
    expect(
      different.map(({ character, folded }) => [character, folded, foldedText(String(character))]),
    ).toEqual([]);
  });
});
