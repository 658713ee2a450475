import { expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { plainText } from "#local/documentation/plain-text.ts";
import { readDocument } from "#local/documentation/read-document.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin();

it("a search finds the documentation, and each source opens the section that it quotes", async () => {
  const client = await logIn();
  twin.parts.bedrock.script.add(
    callTools([{ name: "web_search", input: { query: "take-over", max_results: 3 } }]),
    answerWith("Another runner goes on [1]."),
  );
  const events = await readAll(await client.stream("How does take-over work?"));
  const sources = events.flatMap((event) => (event.event === "source" ? [event.data] : []));
  expect(sources.map(({ index }) => index)).toEqual([1, 2, 3]);
  for (const { url = "", title } of sources) {
    expect(title).toContain("(documentation of this project)");
    const shown = await fetch(url);
    expect(shown.status).toBe(200);
    const { hash } = new URL(url);
    if (hash !== "") expect(await shown.text()).toContain(` id="${hash.slice(1)}"`);
  }

  const [first] = sources;
  expect(first?.url).toMatch(/\/docs\/questions#how-does-take-over-work$/);
  const { tree } = readDocument("docs/questions.md");
  expect(tree.children.map(plainText).join(" ")).toContain(first?.quote.slice(0, 300));

  const call = events.findLast((event) => event.event === "tool")?.data;
  expect(call).toMatchObject({ name: "web_search", state: "done", effect: "external_read" });
  expect(call?.cost_usd ?? 0).toBe(0);
  expect(call?.output).toContain("[1] How does take-over work? · Questions and answers");
});
