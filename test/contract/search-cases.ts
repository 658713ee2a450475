import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { EmbeddingFailure, type Embeddings } from "#lib/documents/embeddings/embeddings.ts";
import { unindex } from "#lib/documents/search/index-statements.ts";
import { createPassageSearch } from "#lib/documents/search/search-passages.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createRandom } from "#test/support/seeded-random.ts";
import { type NewDocument, storeDocument } from "#test/support/stored-document.ts";

export interface SearchDatabase {
  database: Pick<Database, "query">;
  run: (statement: Statement) => Promise<Row[]>;
}

/** A vector that points into one of 512 directions, and a little into the next. */
function direction(index: number): Float32Array {
  const vector = new Float32Array(512);
  vector[index] = 0.98;
  vector[(index + 1) % 512] = 0.199;
  return vector;
}

/** Returns vectors of length 1 in directions that a seed decides. */
function seededVectors(count: number, seed = 1): Float32Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const numbers = Array.from({ length: 512 }, () => random.next() - 0.5);
    const length = Math.hypot(...numbers);
    return Float32Array.from(numbers, (number) => number / length);
  });
}

const seconds = 60_000;

/** The tests of the search on one form of its tables. Each test has an owner of its own, who sees no other test's documents. */
export function testSearch(open: () => Promise<SearchDatabase>): void {
  let database: SearchDatabase["database"];
  let run: SearchDatabase["run"];
  beforeAll(async () => {
    ({ database, run } = await open());
  }, seconds);

  /** Searches with the vectors that a model returns for a text. */
  function searchWith(embed: (text: string) => Float32Array | Error, modelId = "model") {
    const { telemetry, lines, measured } = recordingTelemetry();
    const embeddings: Embeddings = {
      ...{ modelId, dimensions: 512 },
      async embed([text = ""]) {
        const vector = embed(text);
        if (vector instanceof Error) throw vector;
        return { vectors: [vector], tokens: 1 };
      },
    };
    const search = createPassageSearch({ database, embeddings, telemetry });
    return { search, lines, measured };
  }

  const words = () =>
    createPassageSearch({
      database,
      embeddings: undefined,
      telemetry: recordingTelemetry().telemetry,
    });

  async function found(
    owner: string,
    question: string,
    options: { conversationId?: string; documentId?: string; limit?: number } = {},
  ): Promise<string[]> {
    const { conversationId = randomUUID(), limit = 10, ...others } = options;
    const signal = AbortSignal.timeout(seconds);
    const passages = await words().search({
      ...{ owner, conversationId, question, limit, signal, ...others },
    });
    return passages.map(({ text }) => text);
  }

  const add = (owner: string, document: Omit<NewDocument, "owner">) =>
    storeDocument(run, { owner, name: "file.txt", partKind: "section", ...document });

  it("returns a passage with its place", async () => {
    const owner = randomUUID();
    const { id: documentId, versionId } = await add(owner, {
      title: "Handbook",
      chunks: [{ text: "Employees take their holidays in summer.", headingPath: ["Time", "Off"] }],
    });
    const passages = await words().search({
      ...{ owner, conversationId: randomUUID(), question: "summer holiday", limit: 5 },
      signal: AbortSignal.timeout(seconds),
    });
    expect(passages).toEqual([
      {
        chunkId: expect.stringMatching(/^\d+$/),
        ...{ documentId, versionId, title: "Handbook", name: "file.txt" },
        ...{ partKind: "section", part: 1, headingPath: ["Time", "Off"] },
        ...{ start: 0, end: 40, text: "Employees take their holidays in summer." },
        score: expect.any(Number),
      },
    ]);
  });

  it("finds a passage that holds one of many words, and ranks the passage with more and rarer words first", async () => {
    const owner = randomUUID();
    await add(owner, {
      chunks: [
        "The invoice is paid by the customer.",
        "The customer writes to the customer service.",
        "The invoice names the bank account of the customer.",
        "Nothing of this kind.",
      ],
    });
    expect(await found(owner, "To which bank account does the customer pay an invoice?")).toEqual([
      "The invoice names the bank account of the customer.",
      "The invoice is paid by the customer.",
      "The customer writes to the customer service.",
    ]);
  });

  it("finds a passage by title, file name and headings, and ranks a heading above a mention", async () => {
    const owner = randomUUID();
    await add(owner, {
      ...{ title: "Canteen rules", name: "gastronomy-2031.txt" },
      chunks: [
        { text: "Soup is served at noon. The prices of dessert are on the board." },
        { text: "It is one euro.", headingPath: ["Dessert"] },
      ],
    });
    expect((await found(owner, "dessert"))[0]).toBe("It is one euro.");
    expect(await found(owner, "canteen")).toHaveLength(2);
    expect(await found(owner, "gastronomy")).toHaveLength(2);
  });

  it.each([
    [
      "INV-0042",
      "Invoice INV-0042: 3 chairs.",
      "Invoice INV-0043: 3 chairs, invoice, invoice of a chair.",
    ],
    [
      "inv-0042",
      "Invoice INV-0042: 3 chairs.",
      "Invoice INV-0043: 3 chairs, invoice, invoice of a chair.",
    ],
    ["2024-10-05", "Signed on 2024-10-05.", "Signed on 2024-10-06, the signed invoice of 2024."],
    ["Node.js", "It needs Node.js.", "It needs a node of an invoice."],
    ["C++", "Written in C++.", "Written in C# for an invoice, in C."],
    ["IT", "Call the IT.", "Call it an invoice."],
    ["AT&T", "Cables of AT&T.", "Cables at the invoice of T."],
    ["2.1", "See clause 2.1.", "See clause 2.10 and 21, the clause of an invoice."],
    [
      "DOCUMENT_BUCKET",
      "Set DOCUMENT_BUCKET.",
      "Set the document and the bucket of an invoice, document bucket.",
    ],
  ])(
    "finds %s exactly, before a passage with more of the question's words",
    async (code, right, wrong) => {
      const owner = randomUUID();
      await add(owner, {
        chunks: [wrong, right, wrong.replace("invoice", "chair"), "Other words."],
      });
      expect((await found(owner, `What does the invoice for a chair say about ${code}?`))[0]).toBe(
        right,
      );
    },
  );

  it.each([
    ["german", "Welche Frist gilt?", "Die Kündigungsfrist beträgt drei Monate."],
    ["german", "Was kostet die Wohnung?", "Für eine Mietwohnung zahlt man 900 Euro."],
    ["german", "Kuendigung oder Kündigung", "Eine Kündigung ist schriftlich."],
    ["german", "kundigung", "Eine Kündigung ist schriftlich."],
    ["dutch", "welke verzekering", "De ziektekostenverzekering is verplicht."],
    ["french", "les clients étrangers", "Le client étranger paie en euros."],
    ["english", "cafe", "We meet in the café."],
    ["english", "ﬁnance department", "The departments of finance."],
    ["simple", "日本語の契約", "この契約は日本語で書かれています。"],
    ["simple", "ราคา", "สินค้านี้ราคาแพง"],
    ["russian", "какие договоры", "Договор подписан."],
  ])("finds a %s passage for: %s", async (language, question, text) => {
    const owner = randomUUID();
    await add(owner, { language, chunks: ["Etwas anderes, something else, нечто.", text] });
    expect((await found(owner, question))[0]).toBe(text);
  });

  it("finds no passage of another language by the stop words of the question", async () => {
    const owner = randomUUID();
    await add(owner, {
      language: "german",
      chunks: ["Antrag an die Abteilung IT, IS, DO und HOW."],
    });
    await add(owner, { chunks: ["The fence is a number.", "The ways of the world."] });
    expect(await found(owner, "How is it, and how do I do it with a fence?")).toEqual([
      "The fence is a number.",
    ]);
    expect(await found(owner, "Was macht die Abteilung mit dem Antrag?")).toHaveLength(1);
  });

  it.each([
    ["empty", ""],
    ["blank", " \n\t "],
    ["only stop words", "what is the of it"],
    ["only punctuation", "?!... -- \"' & | ! ( ) : * <-> \\ %s $1 {} []"],
    ["5,000 characters", "Why do invoices of the customer differ? ".repeat(125)],
    ["100,000 characters without a space", "x".repeat(100_000)],
    ["NULs", "invoice\u0000 and \u0000"],
    ["lone surrogates", "invoice \ud800 and \udc00"],
    ["SQL", "'; drop table documents; --"],
    ["query operators", "invoice & | ! <-> (:*)"],
    ["HTML", "<script>alert('invoice')</script> &amp;"],
    ["Arabic, Hindi, emoji", "فاتورة चालान 🧾🧾 خصم"],
    ["Chinese", "发票在哪里"],
    ["control characters", "invoice\u0001\u001f\u007f\u0085\u2028"],
  ])("answers a question that is %s", async (_, question) => {
    const owner = randomUUID();
    await add(owner, { chunks: ["An invoice of a customer."] });
    const { search } = searchWith(() => direction(3));
    const conversationId = randomUUID();
    const signal = AbortSignal.timeout(seconds);
    const passages = await search.search({ owner, conversationId, question, limit: 5, signal });
    expect(passages.length).toBe(question.includes("nvoice") ? 1 : 0);
  });

  describe("who may see what", () => {
    it("searches the site's documents, the owner's, and those of the conversation", async () => {
      const [owner, other, conversation] = [randomUUID(), randomUUID(), randomUUID()];
      const word = `zebra${owner.slice(0, 8)}`;
      const text = (name: string) => [`${name} ${word}`];
      const site = await storeDocument(run, { owner: other, scope: "site", chunks: text("site") });
      await add(owner, { chunks: text("own") });
      await add(owner, { chunks: text("attached"), conversationId: conversation });
      await add(other, { chunks: text("foreign") });
      const all = async (who: string, conversationId: string) =>
        (await found(who, word, { conversationId })).map((line) => line.split(" ")[0]).sort();
      expect(await all(owner, conversation)).toEqual(["attached", "own", "site"]);
      expect(await all(owner, randomUUID())).toEqual(["own", "site"]);
      expect(await all(other, conversation)).toEqual(["foreign", "site"]);
      expect(await found(owner, word, { documentId: site.id })).toEqual([`site ${word}`]);
      await run({
        text: "update documents set deleted_at = now() where id = $1",
        params: [site.id],
      });
      expect(await all(other, conversation)).toEqual(["foreign"]);
    });

    it("ranks an owner's passages the same whatever others have stored", async () => {
      const [owner, other] = [randomUUID(), randomUUID()];
      await add(owner, { chunks: ["alpha gamma", "beta beta gamma", "gamma", "delta"] });
      const before = await found(owner, "alpha beta");
      await add(other, { chunks: Array.from({ length: 50 }, () => "alpha") });
      expect(await found(owner, "alpha beta")).toEqual(before);
    });
  });

  describe("meaning", () => {
    it("finds a passage that shares no word with the question", async () => {
      const owner = randomUUID();
      await add(owner, {
        chunks: ["Leave the company with three months' warning.", "Lunch is at noon."],
        vectors: [direction(10), direction(200)],
      });
      const { search } = searchWith(() => direction(10));
      const passages = await search.search({
        ...{ owner, conversationId: randomUUID(), question: "notice period", limit: 1 },
        signal: AbortSignal.timeout(seconds),
      });
      expect(passages.map(({ text }) => text)).toEqual([
        "Leave the company with three months' warning.",
      ]);
    });

    it("finds the exact code first, however near the passages of other codes are", async () => {
      const owner = randomUUID();
      const ships = Array.from(
        { length: 60 },
        (_, at) => `Ships of harbour${at + 10} leave at ${at}.`,
      );
      const vectors = ships.map((_, at) => direction(at === 17 ? 300 : 10));
      await add(owner, { chunks: ships, vectors });
      const { search } = searchWith(() => direction(10));
      const passages = await search.search({
        ...{ owner, conversationId: randomUUID(), question: "When do ships of harbour27 leave?" },
        ...{ limit: 3, signal: AbortSignal.timeout(seconds) },
      });
      expect(passages[0]?.text).toBe(ships[17]);
    });

    it("ignores the vectors of another model", async () => {
      const owner = randomUUID();
      await add(owner, { chunks: ["Lunch."], vectors: [direction(10)], modelId: "old" });
      const { search } = searchWith(() => direction(10), "new");
      const question = { owner, conversationId: randomUUID(), question: "meal", limit: 5 };
      expect(await search.search({ ...question, signal: AbortSignal.timeout(seconds) })).toEqual(
        [],
      );
    });

    it("sees no vector of a document that the owner may not see", async () => {
      const [owner, other] = [randomUUID(), randomUUID()];
      await add(other, { chunks: ["Secret."], vectors: [direction(30)] });
      await add(owner, { chunks: ["Mine."], vectors: [direction(31)] });
      const { search } = searchWith(() => direction(30));
      const question = { owner, conversationId: randomUUID(), question: "meal", limit: 5 };
      const passages = await search.search({ ...question, signal: AbortSignal.timeout(seconds) });
      expect(passages.map(({ text }) => text)).toEqual(["Mine."]);
    });

    it("searches by words alone if the model fails, and counts that", async () => {
      const owner = randomUUID();
      await add(owner, { chunks: ["Lunch is at noon."], vectors: [direction(1)] });
      const { search, lines, measured } = searchWith(() => new EmbeddingFailure("Busy."));
      const question = { owner, conversationId: randomUUID(), question: "noon", limit: 5 };
      const passages = await search.search({ ...question, signal: AbortSignal.timeout(seconds) });
      expect(passages).toHaveLength(1);
      expect(measured).toEqual([{ metric: "QuestionsNotEmbedded", value: 1 }]);
      expect(lines.map(({ event }) => event)).toEqual(["question.not_embedded"]);
    });
  });

  it("finds the nearest vectors of the owner's documents among those of others", async () => {
    const [owner, other] = [randomUUID(), randomUUID()];
    // An HNSW index takes some 20 ms for each.
    const vectors = seededVectors(200);
    const [owned, others] = [vectors.slice(0, 100), vectors.slice(100)];
    const chunks = owned.map((_, index) => `passage ${index}`);
    const { versionId } = await add(owner, { chunks, vectors: owned });
    await add(other, { chunks, vectors: others });
    const [query = new Float32Array(512)] = seededVectors(1, 99);
    const product = (vector: Float32Array) =>
      vector.reduce((sum, number, index) => sum + number * (query[index] ?? 0), 0);
    const exact = owned
      .map((vector, ordinal) => ({ ordinal, similarity: product(vector) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 50);
    const rows = await run({
      text: `
        select ordinal, similarity from indexed_versions, nearest_chunks(array[number], 'model', $2::real[], 50)
        where version_id = $1 order by similarity desc`,
      params: [versionId, Array.from(query)],
    });
    const nearest = new Set(rows.map(({ ordinal }) => ordinal));
    // Half precision swaps neighbours.
    expect(exact.filter(({ ordinal }) => nearest.has(ordinal)).length).toBeGreaterThanOrEqual(49);
    expect(rows[0]?.similarity).toBeCloseTo(exact[0]?.similarity ?? 0, 2);
  });

  it("removes everything of a version", async () => {
    const owner = randomUUID();
    const { versionId } = await add(owner, {
      chunks: ["Lunch is at noon."],
      vectors: [direction(1)],
    });
    const rows = async () => {
      const [counted] = await run({
        text: `
          select (select count(*) from indexed_versions)::int as versions,
            (select count(*) from document_postings)::int as postings,
            (select count(*) from document_vectors)::int as vectors`,
        params: [],
      });
      return counted as { versions: number; postings: number; vectors: number };
    };
    const before = await rows();
    await run(unindex(versionId));
    const after = await rows();
    expect(before.versions - after.versions).toBe(1);
    expect(before.postings - after.postings).toBeGreaterThan(1);
    expect(before.vectors - after.vectors).toBe(1);
    expect(await found(owner, "lunch")).toEqual([]);
  });
}
