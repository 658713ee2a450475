import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import { readConfig } from "#lib/platform/config.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { storeDocument } from "#test/support/stored-document.ts";
import { plainToolParts } from "#test/support/tools.ts";
import { openStores } from "./open-stores.ts";
import { newOwner } from "./turn-steps.ts";

const { database, requestsOf, sql } = await openStores();
const { telemetry } = recordingTelemetry();
const config = readConfig({
  ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" },
  ...{ TOOL_READ_PAGE: "off", DOCUMENT_EMBEDDING_MODEL_ID: "off" },
});
const tools = builtInTools({ ...plainToolParts, config, database, telemetry });

/** A turn of an owner: its calls share their numbers. */
function newTurn(owner: string, conversationId: string = randomUUID()) {
  const gate = createGate({ tools, policy: [], telemetry });
  const sources: Source[] = [];
  const passages = new Map<number, ReceivedPassage | undefined>();
  const call = async (name: string, input: object) => {
    const [planned] = gate.plan([{ id: randomUUID(), name, input }]);
    if (!planned) throw new Error("not planned");
    const { state, output } = await gate.run(planned, {
      ...{ owner, conversationId, signal: new AbortController().signal },
      onChange: () => {},
      onSource(source, passage) {
        sources.push(source);
        passages.set(source.index, passage);
      },
      pay: async () => {},
    });
    return { state, output };
  };
  return { call, sources, passages, conversationId };
}

const [leave, notice] = ["Everybody has thirty days of leave.", "Notice is three months."];

describe("search_documents", () => {
  it("returns numbered passages with their place, in one request", async () => {
    const owner = newOwner();
    const { id, versionId, chunks } = await storeDocument(database.query, {
      owner,
      chunks: [leave, notice],
    });
    const { call, sources, passages } = newTurn(owner);
    let output = "";
    const search = async () => {
      ({ output } = await call("search_documents", { question: "How long is the notice?" }));
    };
    expect(await requestsOf(search)).toBe(1);
    expect(output).toBe(`[1] Handbook.txt · page 2 · document ${id}\n${notice}`);
    expect(sources).toEqual([
      {
        ...{ index: 1, title: "Handbook.txt", quote: notice, part: 2, part_kind: "page" },
        ...{ document_id: id, version_id: versionId, chunk_id: chunks[1]?.id },
      },
    ]);
    expect(passages.get(1)).toEqual(chunks[1]?.passage);
  });

  it("keeps a passage's number through the turn", async () => {
    const owner = newOwner();
    const { id } = await storeDocument(database.query, { owner, chunks: [leave, notice] });
    const { call, sources } = newTurn(owner);
    await call("search_documents", { question: "notice" });
    const { output } = await call("read_document", { document_id: id, part: 2 });
    expect(output).toContain("[1] Handbook.txt");
    const { output: first } = await call("read_document", { document_id: id });
    expect(first).toContain("[2] Handbook.txt · page 1");
    expect(sources.map(({ index }) => index)).toEqual([1, 2]);
  });

  it("says so if no passage fits", async () => {
    const { state, output } = await newTurn(newOwner()).call("search_documents", {
      question: "zebra crossing",
    });
    expect(state).toBe("done");
    expect(output).toMatch(/^No passage of the documents fits/);
  });

  it("returns whole passages within 7 KB, and cuts one that is longer", async () => {
    const owner = newOwner();
    const long = (word: string) => `${word} gazelle `.repeat(140).trim();
    await storeDocument(database.query, {
      owner,
      chunks: ["a", "b", "c", "d", "e", "f"].map(long),
    });
    const { call, passages } = newTurn(owner);
    const { output } = await call("search_documents", { question: "gazelle" });
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(7_000);
    expect(passages.size).toBeGreaterThan(2);
    for (const passage of passages.values()) expect(output).toContain(passage?.text);

    const other = newOwner();
    await storeDocument(database.query, {
      owner: other,
      chunks: ["okapi \u{1f993} ".repeat(1_000)],
    });
    const cut = newTurn(other);
    const found = await cut.call("search_documents", { question: "okapi" });
    expect(found.output).not.toContain("cut after");
    const passage = cut.passages.get(1);
    expect(Buffer.byteLength(passage?.text ?? "")).toBeLessThanOrEqual(6_000);
    expect(passage?.end).toBe(passage?.text.length);
    expect(found.output).toContain(passage?.text);
  });

  it("refuses what is no question or no id", async () => {
    const { call } = newTurn(newOwner());
    for (const input of [{ question: " " }, { question: "a", document_id: "x" }, {}]) {
      expect(await call("search_documents", input)).toMatchObject({ state: "failed" });
    }
    expect(await call("search_documents", { question: "\u0000a" })).toMatchObject({
      state: "done",
    });
  });
});

describe("the documents of a turn", () => {
  it("are the site's, the owner's, and those of its conversation", async () => {
    const [ada, ben] = [newOwner(), newOwner()];
    const word = `w${randomUUID().slice(0, 8)}`;
    const texts = [`Something about ${word}.`];
    const { conversationId } = newTurn(ada);
    const add = (owner: string, name: string, changes = {}) =>
      storeDocument(database.query, { owner, name, chunks: texts, ...changes });
    await add(ben, `${word} site`, { scope: "site" });
    const bens = await add(ben, `${word} ben`);
    await add(ada, `${word} ada`);
    const here = await add(ada, `${word} here`, { conversationId });

    const listed = async (conversation?: string) => {
      const { output } = await newTurn(ada, conversation).call("list_documents", { words: word });
      return output.split("\n").map((line) => JSON.parse(line));
    };
    expect((await listed(conversationId)).map(({ title, of }) => [title, of]).sort()).toEqual([
      [`${word} ada`, "the person"],
      [`${word} here`, "this conversation"],
      [`${word} site`, "everyone"],
    ]);
    expect((await listed()).map(({ title }) => title).sort()).toEqual([
      `${word} ada`,
      `${word} site`,
    ]);

    const found = async (conversation?: string) => {
      const { call, sources } = newTurn(ada, conversation);
      await call("search_documents", { question: word });
      return sources.map(({ title }) => title).sort();
    };
    expect(await found(conversationId)).toEqual([`${word} ada`, `${word} here`, `${word} site`]);
    expect(await found()).toEqual([`${word} ada`, `${word} site`]);

    const unknown = await newTurn(ada).call("read_document", { document_id: randomUUID() });
    expect(unknown.state).toBe("failed");
    for (const { id } of [bens, here]) {
      expect(await newTurn(ada).call("read_document", { document_id: id })).toEqual(unknown);
    }
    const inside = newTurn(ada, conversationId);
    expect(
      await inside.call("search_documents", { question: word, document_id: here.id }),
    ).toMatchObject({
      output: expect.stringContaining(`${word} here`),
    });
    expect(
      await inside.call("search_documents", { question: word, document_id: bens.id }),
    ).toMatchObject({
      output: expect.stringMatching(/^No passage/),
    });
  });

  it("are their newest versions", async () => {
    const owner = newOwner();
    const { id } = await storeDocument(database.query, {
      owner,
      chunks: ["The limit is 10 hippos."],
    });
    await storeDocument(database.query, {
      owner,
      chunks: ["The limit is 20 hippos."],
      replaces: id,
    });
    const { output } = await newTurn(owner).call("read_document", { document_id: id });
    expect(output).toContain("20 hippos");
    expect(output).not.toContain("10 hippos");
  });
});

describe("read_document", () => {
  it("returns a long part in pages", async () => {
    const owner = newOwner();
    const { id, versionId } = await storeDocument(database.query, { owner, chunks: ["one"] });
    // The whole document is one page of 20 chunks.
    await sql("delete from document_chunks where version_id = $1", [versionId]);
    await sql(
      `insert into document_chunks (version_id, ordinal, text, heading_path, part, start_unit, end_unit)
       select $1, n, 'Chunk ' || n, array['Rules', 'Leave'], 1, n * 10, n * 10 + 8 from generate_series(0, 19) as n`,
      [versionId],
    );
    const { call } = newTurn(owner);
    const first = (await call("read_document", { document_id: id })).output;
    expect(first).toMatch(
      /^Part 1 of 1, passages 1 to 6 of 20\. Call again with from 7 for the next\.\n\n\[1\] Handbook\.txt · page 1 · Rules › Leave · document/,
    );
    const last = (await call("read_document", { document_id: id, from: 19 })).output;
    expect(last).toMatch(/^Part 1 of 1, passages 19 to 20 of 20\.\n/);
    expect(last).toContain("Chunk 19");
    expect((await call("read_document", { document_id: id, from: 21 })).output).toMatch(/only 20/);
    expect((await call("read_document", { document_id: id, part: 2 })).output).toMatch(/1 parts?/);
  });

  it("names the next part", async () => {
    const owner = newOwner();
    const { id } = await storeDocument(database.query, { owner, chunks: [leave, notice] });
    const { output } = await newTurn(owner).call("read_document", { document_id: id });
    expect(output).toMatch(/^Part 1 of 2, passages 1 to 1 of 1\. Call again with part 2/);
    expect(output).not.toContain(notice);
  });
});

it("list_documents lists as many as fit, and says how many there are", async () => {
  const owner = newOwner();
  const name = "n".repeat(95);
  for (let number = 0; number < 45; number += 1) {
    await storeDocument(database.query, {
      owner,
      name: `${name} ${number} ${"m".repeat(60)}`,
      chunks: [],
    });
  }
  const { output } = await newTurn(owner).call("list_documents", { words: name });
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(7_200);
  expect(output).toMatch(/\n\d+ more\. Name words of the title to find them\.$/);
  expect((await newTurn(owner).call("list_documents", { words: "zebra" })).output).toMatch(
    /^No document/,
  );
});
