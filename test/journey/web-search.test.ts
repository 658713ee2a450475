import { expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { plainText } from "#local/documentation/plain-text.ts";
import { readDocument } from "#local/documentation/read-document.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin();

it("a search finds the documentation, and each source opens the page that it quotes", async () => {
  const client = await logIn();
  twin.parts.bedrock.script.add(
    callTools([{ name: "web_search", input: { query: "connect Ollama", max_results: 3 } }]),
    answerWith("Start Ollama first [1]."),
  );
  const events = await readAll(await client.stream("How do I connect Ollama?"));
  const sources = events.flatMap((event) => (event.event === "source" ? [event.data] : []));
  expect(sources.map(({ index }) => index)).toEqual([1, 2, 3]);

  const [first] = sources;
  expect(first?.title).toContain("(documentation of this project)");
  const page = new URL(first?.url ?? "");
  expect(page.hash).toBe("#ollama-on-this-machine");
  const shown = await fetch(page);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain('<h2 id="ollama-on-this-machine">');
  const written = plainText(readDocument("docs/connect-a-model.md").tree);
  expect(written).toContain(first?.quote.slice(0, 60));

  const call = events.findLast((event) => event.event === "tool")?.data;
  expect(call).toMatchObject({ name: "web_search", state: "done", effect: "external_read" });
  expect(call?.output).toContain("[1] Ollama, on this machine · Connect a real model");
});
