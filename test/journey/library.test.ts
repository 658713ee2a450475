import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { fillLibrary, libraryOwner } from "#local/library/fill-library.ts";
import { startTwin } from "#local/twin.ts";
import { ChatClient, readAll, textOf } from "#test/support/chat-client.ts";
import { createDocumentClient } from "#test/support/document-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const page = "This project › docs › questions.md";

const { twin, options, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  library: ["docs/questions.md"],
  eventRetryMs: [200],
  environment: { CHAT_REQUESTS_PER_MINUTE: "120" },
});
let filled: string[];
let client: ChatClient;
let documents: ReturnType<typeof createDocumentClient>;
beforeAll(async () => {
  filled = await twin.libraryFilled;
  client = await logIn();
  documents = createDocumentClient(client);
});

async function ask(message: string) {
  const events = await readAll(await client.stream(message));
  const last = events.at(-1);
  if (last?.event !== "done") throw new Error(`The stream ends with ${last?.event}.`);
  const { citations = [] } = last.data;
  return { text: textOf(events), tools: toolsOf(events), citations };
}

const toolsOf = (events: StreamEvent[]) => [
  ...new Set(events.flatMap(({ event, data }) => (event === "tool" ? [data.name] : []))),
];

describe("the library of the first start", () => {
  it("has the pages as documents of the site, by a name that says where they come from", async () => {
    expect(filled).toEqual([page]);
    const found = (await documents.list()).documents;
    expect(found).toMatchObject([
      { name: page, title: "Questions and answers", scope: "site", state: "ready", is_mine: false },
    ]);
  });

  it("answers a question about this project with a quotation that leads to its place", async () => {
    const { text, tools, citations } = await ask(
      "How does take-over work? Quote the documentation.",
    );
    expect(tools).toEqual(["search_documents"]);
    expect(citations).toMatchObject([{ index: 1, state: "verified" }]);
    const [{ start, end, document_id = "", document_start = 0, document_end } = {}] = citations;
    const shown = await documents.get(document_id, `?around=${document_start}`);
    const part = shown.parts.find((one) => document_start < one.start + one.text.length);
    const from = document_start - (part?.start ?? 0);
    const words = part?.text.slice(from, (document_end ?? 0) - (part.start ?? 0));
    expect(words).toMatch(/^A runner holds a lease/);
    expect(words).toBe(text.slice(start, end));
  });

  it.each([
    ["Wie lange werden Gespräche aufbewahrt?", /30 days/],
    ["What does questions.md say about single sign-on?", /A team shares one password/],
    ["How big may a file be?", /25 MB/],
    ["How much does this cost?", /About \d\.\d\d USD a month/],
  ])("answers “%s” with a verified quotation", async (question, words) => {
    const { text, tools, citations } = await ask(question);
    expect(text).toMatch(words);
    expect(tools).not.toContain("web_search");
    expect(citations.map(({ state }) => state)).toEqual(["verified"]);
  });

  it("falls back to the web search for a question whose page is not in it", async () => {
    const { text, tools } = await ask("What is a receipt?");
    expect(tools).toEqual(["search_documents", "web_search"]);
    expect(text).toMatch(/“.+” \[\d+\]/);
  });

  it("shows on request what an unverified quotation looks like", async () => {
    const { text, citations } = await ask("Show me a quote that is not in the documents");
    expect(citations.map(({ state }) => state)).toEqual(["unverified", "verified"]);
    const [first] = citations;
    expect(text.slice(first?.start, first?.end)).toMatch(/ninety-nine years/);
  });
});

describe("a person's own documents", () => {
  beforeAll(async () => {
    const contract = [
      "This contract is between Example Corp and Alex Example.",
      "The notice period is three months to the end of a quarter.",
      "Alex gets thirty days of leave a year.",
    ].join("\n\n");
    await documents.give(contract, { name: "contract.txt" });
  });

  it.each([
    ["What does my contract say about notice periods?", /“The notice period is three months/],
    ["What does our contract say about leave?", /“Alex gets thirty days/],
    ["According to my contract, how many days of leave are there?", /“Alex gets thirty days/],
    ["Was steht in contract.txt über notice?", /“The notice period is three months/],
    ["How many days of leave do I get?\n\nAttached: contract.txt", /“Alex gets thirty days/],
  ])("answers “%s”", async (question, words) => {
    const { text, citations } = await ask(question);
    expect(text).toMatch(words);
    expect(citations.map(({ state }) => state)).toEqual(["verified"]);
  });

  it("answers the next question from the same document", async () => {
    const first = await client.chat("What does my contract say about notice periods?");
    const next = await client.chat("How many days of leave do I get?", first.conversation_id);
    expect(next.text).toMatch(/“Alex gets thirty days/);
  });

  it("answers from the paper that the newest question names, also after one about another", async () => {
    const rules = [
      "# Urlaubsordnung",
      "Alle haben dreißig Tage Urlaub im Jahr.",
      "## Übertrag",
      "Ein Übertrag von höchstens fünf Tagen ist bis zum 31. März möglich.",
      "## Umzug",
      "Bei einem Umzug gibt es zwei freie Tage.",
    ].join("\n\n");
    await documents.give(rules, { name: "urlaubsordnung.md" });
    const { conversation_id: id } = await client.chat("What does my contract say about notice?");
    const answers = [
      ["Was steht in der Urlaubsordnung über Überträge?", /“Ein Übertrag von höchstens fünf/],
      ["und wie viele Tage?", /“Ein Übertrag von höchstens fünf/],
      [
        "Was sagt die Urlaubsordnung über einen Umzug?",
        /“Bei einem Umzug.*\n>\n> — .*urlaubsordnung\.md/,
      ],
      ["Was steht im Vertrag über notice?", /“The notice period is three months/],
      ["And about leave?", /“Alex gets thirty days/],
      ["Was sagt die Urlaubsordnung über Übertrag?", /“Ein Übertrag von höchstens fünf/],
      ["What does the contract say about notice?", /“The notice period is three months/],
      ["What about the Urlaubsordnung?", /“Urlaubsordnung” does not hold an answer/],
    ] as const;
    for (const [question, words] of answers) {
      expect((await client.chat(question, id)).text).toMatch(words);
    }
  });

  it("answers from a table with a row, never with the header alone", async () => {
    const table = "Region,Comment,Revenue\nNorth,Strong spring,1200\nEast,Customers lost,400\n";
    await documents.give(table, { name: "sales-by-region.csv" });
    const question = "What does the sales file say about the revenue in the North?";
    const first = await client.chat(question);
    expect(first.text).toMatch(/“North \| Strong spring \| 1200”/);
    expect(first.text).toMatch(/— Region \| Comment \| Revenue · sales-by-region.csv/);
    const next = await client.chat("and in the East?", first.conversation_id);
    expect(next.text).toMatch(/“East \| Customers lost \| 400”/);
    const named = await ask("What comment does sales-by-region.csv have for the region East?");
    expect(named.text).toMatch(/“East \| Customers lost \| 400”/);
    expect(named.citations.map(({ state }) => state)).toEqual(["verified"]);
  });

  it.each(["Summarise contract.txt", "Attached: contract.txt"])(
    "makes an extract for “%s”",
    async (message) => {
      const { text, tools, citations } = await ask(message);
      expect(tools).toEqual(["list_documents", "read_document"]);
      expect(text).toMatch(/An extract of “contract/);
      expect(new Set(citations.map(({ state }) => state))).toEqual(new Set(["verified"]));
    },
  );

  it("lists them apart from the pages of this project", async () => {
    const { text } = await ask("Which documents do you have?");
    expect(text).toMatch(/\| contract.* \| you \|/);
    expect(text).toMatch(/Beside them is one page of this project's documentation/);
  });

  it("says that they do not hold the answer, or that there is no such document", async () => {
    const unknown = await ask("What does my contract say about penguins?");
    expect(unknown.text).toMatch(/“contract.txt” does not hold an answer/);
    expect(unknown.citations).toEqual([]);
    expect((await ask("Summarise nowhere.pdf")).text).toMatch(/no document named “nowhere.pdf”/);
  });
});

describe("filling the library again", () => {
  const name = "This project › page.md";
  const file = (text: string) => {
    const bytes = Buffer.from(text);
    return { name, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const parts = () => {
    const { postgres, neon, s3 } = twin.parts;
    const quota = { bytes: 1_000_000, count: 100 };
    const database = createDatabase({
      url: async () => postgres.ownerUrl("app"),
      endpoint: neon.sqlEndpoint,
    });
    return {
      database,
      documents: createDocumentStore(database, { own: quota, site: quota }),
      objects: createDocumentObjects({
        region: "us-east-1",
        endpoints: { s3: s3.endpoint },
        documents: { bucket: "documents" },
      }),
    };
  };
  const shown = async () =>
    (await documents.list("&q=page.md")).documents.map(({ state, version }) => ({
      state,
      version,
    }));

  it("replaces a page that has changed, and deletes one whose file is gone", async () => {
    expect(await fillLibrary([file("# One")], parts())).toEqual([name, page]);
    expect(await fillLibrary([file("# One")], parts())).toEqual([]);
    expect(await fillLibrary([file("# Two")], parts())).toEqual([name]);
    expect(await shown()).toEqual([{ state: "ready", version: 2 }]);
    expect(await fillLibrary([], parts())).toEqual([name]);
    expect(await shown()).toEqual([]);
  });

  it("continues after a stop before the upload", async () => {
    const one = file("# Three");
    const created = await parts().documents.create({
      ...{ owner: libraryOwner, scope: "site", media_type: "text/markdown" },
      ...{ name, bytes: one.bytes.length, sha256: one.sha256 },
    });
    expect(created.outcome).toBe("created");
    expect(await fillLibrary([one], parts())).toEqual([name]);
    expect(await shown()).toMatchObject([{ state: "ready" }]);
  });
});

it("the next start adds what is missing, and a twin can stop meanwhile", async () => {
  await twin.stop();
  const stopped = await startTwin(options);
  await stopped.bundled;
  await stopped.stop();
  const last = await startTwin(options);
  onTestFinished(() => last.stop());
  await last.libraryFilled;
  const again = new ChatClient(last.url);
  again.cookie = client.cookie;
  const { documents: kept } = await createDocumentClient(again).list("&q=questions");
  expect(kept).toMatchObject([{ name: page, state: "ready" }]);
});
